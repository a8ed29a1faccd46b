import Configuration
import Networks
import Tensors
import Testing
import Workers

/// The check of gradients itself: it passes what is right, and notices what is wrong.
@Suite struct GradientCheckTests {
  static let bound = 1e-5

  private func findings(
    _ layers: [any Layer], input: Shape = Shape(channels: 2, height: 14, width: 13),
    loss: any Loss = BinaryCrossEntropy()
  ) throws -> [GradientCheck.Finding] {
    let plan = try NetworkPlan(Network(layers), input: input, takesInputGradient: true)
    let team = Team(threads: 2)
    return try GradientCheck().check(plan, loss: loss, team: team)
      + plan.layers.flatMap { try GradientCheck().check($0, team: team) }
  }

  static let networks: [[any Layer]] = [
    [
      Conv2d(channels: 5, kernel: Pair(3)), BatchNorm(), Relu(), MaxPool2d(kernel: Pair(2)), Dropout(rate: 0.3),
      Flatten(),
      BatchNorm(), Linear(outputs: 1),
    ],
    [
      Conv2d(channels: 4, kernel: Pair(4), stride: Pair(2)), LeakyRelu(slope: 0.2), AvgPool2d(kernel: Pair(2)),
      Sigmoid(),
      GlobalAvgPool(), Linear(outputs: 3), Tanh(), Linear(outputs: 1),
    ],
    [
      Rows(), Conv1d(channels: 12, kernel: 3, padding: 1), Tanh(), MaxPool1d(kernel: 2, stride: 1), Relu(),
      AvgPool1d(kernel: 3), Flatten(), Linear(outputs: 1),
    ],
  ]

  @Test(arguments: networks.indices)
  func passesWhatIsRight(index: Int) throws {
    let layers = Self.networks[index]
    let findings = try findings(layers)
    for finding in findings {
      #expect(finding.worstError < Self.bound, "\(finding)")
      #expect(finding.checked > 0)
    }
    let plan = try NetworkPlan(Network(layers), input: Shape(channels: 2, height: 14, width: 13))
    // Every parameter twice, every layer's input alone, and the network's.
    let computing = layers.count { !($0 is Flatten) }
    #expect(findings.count == 2 * plan.parameters.count + computing + 1)
    #expect(findings.count { $0.layer == nil } == 1)
  }

  /// More classes than one, by every loss that knows them.
  @Test(arguments: [2, 3])
  func severalOutputs(count: Int) throws {
    let layers: [any Layer] = [Conv2d(channels: 3, kernel: Pair(5)), Tanh(), Flatten(), Linear(outputs: count)]
    for loss in [SoftmaxCrossEntropy(), MeanSquaredError()] as [any Loss] {
      #expect(try findings(layers, loss: loss).allSatisfy { $0.worstError < Self.bound })
    }
  }

  static let faults: [Fault] = [
    .input(by: 1.001), .weight(by: 1.001), .weight(by: -1), .input(by: 0), .weight(by: 0), .forgetsTheLastLane,
  ]

  @Test(arguments: faults)
  func noticesAWrongGradient(fault: Fault) throws {
    let layers: [any Layer] = [
      Conv2d(channels: 3, kernel: Pair(3)), Scaled(fault: fault), Flatten(), Linear(outputs: 1),
    ]
    let wrong = try findings(layers).filter { $0.worstError > Self.bound }
    #expect(!wrong.isEmpty)
    // Where it lies: in the layer's own tensors alone, and of the network in what comes before as well.
    let alone = fault.isInInput ? "input" : "weight"
    #expect(wrong.contains { $0.layer == 1 && $0.tensor == alone })
    #expect(fault.isInInput == wrong.contains { $0.layer == nil })
    #expect(try findings(layers.filter { !($0 is Scaled) }).allSatisfy { $0.worstError < Self.bound })
  }

  @Test func theSameFaultlessly() throws {
    let layers: [any Layer] = [Conv2d(channels: 3, kernel: Pair(3)), Scaled(fault: nil), Flatten(), Linear(outputs: 1)]
    #expect(try findings(layers).allSatisfy { $0.worstError < Self.bound })
  }

  // MARK: - Differences

  @Test(arguments: [(-3, 2.0), (0, 1), (0.5, -4), (2, 30)])
  func differencesOfASmoothFunction(place: Double, bend: Double) {
    // f = x + bend x^3 around the place.
    let f = { (x: Double) in (place + x) + bend * (place + x) * (place + x) * (place + x) }
    var difference = SmoothDifference(scale: 1)
    let slope = difference.derivative(center: f(0), f) ?? .nan
    let truth = 1 + 3 * bend * place * place
    #expect(abs(slope - truth) <= 1e-9 * max(1, abs(truth)))
  }

  /// A kink far off does not matter; nearer ones ask for smaller steps; one at the place itself has no derivative.
  @Test func differencesNearAKink() {
    func slope(kink: Double) -> Double? {
      let f = { (x: Double) in x > kink ? 3 * (x - kink) : x - kink }
      var difference = SmoothDifference(scale: 1)
      return difference.derivative(center: f(0), f)
    }
    for kink in [1, 1e-3, 1e-5, 3e-6, 2e-7] {
      #expect(abs((slope(kink: kink) ?? .nan) - 1) < 1e-6, "\(kink)")
      #expect(abs((slope(kink: -kink) ?? .nan) - 3) < 1e-6, "\(-kink)")
    }
    for kink in [0, 1e-9, -1e-9, 2e-8] { #expect(slope(kink: kink) == nil, "\(kink)") }
  }
}

/// What is wrong with a gradient.
enum Fault: Sendable {
  case input(by: Double)
  case weight(by: Double)
  case forgetsTheLastLane

  var isInInput: Bool {
    guard case .input = self else { return false }
    return true
  }
}

/// output = weight * input with one weight, and a fault in its gradient.
struct Scaled: Layer {
  static let keyword = "scaled"
  static let summary = "One factor for all values."
  let fault: Fault?

  init(fault: Fault?) {
    self.fault = fault
  }

  init(reading fields: inout Fields) throws(ConfigurationError) { fault = nil }
  var settings: KeyValuePairs<String, JSON?> { [:] }

  func output(for input: Shape) throws(ShapeMismatch) -> Shape { input }
  func parameters(for input: Shape) -> [ParameterShape] { [ParameterShape("weight", [1], .constant(1))] }
  func operation(for input: Shape, context: OperationContext) -> (any Operation)? { ScaledOperation(fault: fault) }
}

private struct ScaledOperation: PackOperation {
  let fault: Fault?

  var needs: OperationNeeds { OperationNeeds() }

  private func forEachPixel(of shape: PackView<some LaneScalar>, _ body: (Int, Int, Int) -> Void) {
    for c in 0..<shape.channels {
      for y in 0..<shape.height {
        for x in 0..<shape.width { body(c, y, x) }
      }
    }
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    let weight = Lanes(repeating: pass.parameters[0][0])
    forEachPixel(of: pass.input) { pass.output[$0, $1, $2] = Scalar.product(pass.input[$0, $1, $2], weight) }
  }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    let weight = pass.parameters[0][0]
    var total = Lanes<Scalar>(repeating: 0)
    forEachPixel(of: pass.input) { c, y, x in
      Scalar.addProduct(pass.input[c, y, x], pass.outputGradient[c, y, x], to: &total)
      guard let inputGradient = pass.inputGradient else { return }
      inputGradient[c, y, x] = Scalar.product(pass.outputGradient[c, y, x], Lanes(repeating: weight * inputFactor()))
    }
    if case .forgetsTheLastLane = fault { total[laneCount - 1] = 0 }
    pass.gradients[0][0] = Scalar.laneSum(total) * weightFactor()
  }

  private func inputFactor<Scalar: LaneScalar>() -> Scalar {
    if case .input(let factor) = fault { Scalar(factor) } else { 1 }
  }

  private func weightFactor<Scalar: LaneScalar>() -> Scalar {
    if case .weight(let factor) = fault { Scalar(factor) } else { 1 }
  }
}
