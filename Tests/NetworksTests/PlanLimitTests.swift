import Configuration
import Networks
import Tensors
import Testing
import Workers

/// Networks that are too large: an error that names the layer, and never an overflow.
@Suite struct PlanLimitTests {
  private static let image = Shape(channels: 3, height: 256, width: 256)

  private func failure(_ layers: [any Layer], input: Shape = image) throws -> PlanError {
    try #require(throws: PlanError.self) { try NetworkPlan(Network(layers), input: input) }
  }

  @Test func theLayerWithTooManyParametersIsNamed() throws {
    let giant = Conv2d(channels: 4096, kernel: Pair(255), padding: Pair(254))
    let error = try failure([any Layer](repeating: giant, count: 8))
    #expect(error.layer == 1 && error.message.contains("layer 1 (conv2d)") && error.message.contains("parameters"))
    // The first one alone is large, and can be planned.
    #expect(try NetworkPlan(Network([giant]), input: Self.image).multiplyAccumulates > 1 << 47)
  }

  @Test func theLayerWithTooManyValuesIsNamed() throws {
    // Each adds 508 rows and columns and keeps few parameters.
    let wide = Conv2d(channels: 4096, kernel: Pair(1), padding: Pair(254), hasBias: false)
    let error = try failure([Relu()] + [any Layer](repeating: wide, count: 40))
    #expect((error.layer ?? 0) > 1 && error.message.contains("values an image"))
  }

  @Test func theLayerWithTooMuchWorkIsNamed() throws {
    let layers = [101, 255].map { kernel in
      Conv2d(channels: 1000, kernel: Pair(kernel), padding: Pair(kernel / 2)) as any Layer
    }
    let error = try failure(layers, input: Shape(channels: 1, height: 5000, width: 5000))
    #expect(error.layer == 1 && error.message.contains("multiply-accumulates"))
  }

  /// Working memory is counted too: halos, sums and spectra.
  @Test func theLayerWithTooMuchWorkingMemoryIsNamed() throws {
    let error = try failure([Conv2d(channels: 1, kernel: Pair(1)), Hungry()])
    #expect(error.layer == 1 && error.message.contains("working memory"))
  }

  /// Layers at the ends of what a job file may ask for, one behind the other: planned or refused.
  @Test func nothingOverflows() throws {
    let pairs = [Pair(1), Pair(255), Pair(height: 1, width: 255), Pair(height: 255, width: 1)]
    let paddings = [Pair(0), Pair(254), Pair(height: 254, width: 0)]
    let stages: [any Layer] =
      pairs.flatMap { kernel in
        paddings.flatMap { padding in
          pairs.map { stride in
            Conv2d(channels: 4096, kernel: kernel, stride: stride, padding: padding) as any Layer
          }
        }
      } + [BatchNorm(), Dropout(rate: 0.5), MaxPool2d(kernel: Pair(1)), AvgPool2d(kernel: Pair(255)), Rows()]
    var refused = 0
    for first in stages {
      for second in stages {
        for convolution in ConvolutionChoice.allCases {
          let network = Network([first, second, second, second, Flatten(), Linear(outputs: 65_536)])
          do {
            let plan = try NetworkPlan(network, input: Self.image, convolution: convolution, takesInputGradient: true)
            #expect(plan.parameterCount > 0 && plan.trainingMultiplyAccumulates > 0)
          } catch {
            refused += 1
          }
        }
      }
    }
    #expect(refused > 0)
  }

  /// A batch that no memory holds is refused when the memory is asked for.
  @Test func anEndlessBatchIsOutOfMemory() throws {
    let plan = try NetworkPlan(Network([BatchNorm()]), input: Self.image)
    #expect(throws: OutOfMemory.self) { try Executor<Float>(plan, team: Team(threads: 1), packs: .max / 2) }
    #expect(throws: OutOfMemory.self) { try TreeSum<Float>(size: 1 << 60, most: 1 << 40) }
    #expect(throws: OutOfMemory.self) { try Storage<Lanes<Double>>(count: .max) }
  }
}

/// A layer that wants more scratch memory than there is.
private struct Hungry: Layer {
  static let keyword = "hungry"
  static let summary = "For a test."

  init() {}
  init(reading fields: inout Fields) throws(ConfigurationError) {}

  var settings: KeyValuePairs<String, JSON?> { [:] }

  func output(for input: Shape) throws(ShapeMismatch) -> Shape { input }
  func operation(for input: Shape, context: OperationContext) -> (any Operation)? { HungryOperation() }
}

private struct HungryOperation: PackOperation {
  var needs: OperationNeeds {
    var needs = OperationNeeds()
    needs.scratch = .max
    return needs
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {}
  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {}
}

/// The one function that plans a network for its loss.
@Suite struct JudgedPlanTests {
  private static let image = Shape(channels: 3, height: 16, width: 16)

  private func plan(_ layers: [any Layer], _ loss: any Loss) throws -> NetworkPlan {
    try NetworkPlan(Network(layers), judgedBy: loss, input: Self.image)
  }

  @Test func outputsMustFitTheLoss() throws {
    #expect(try plan([Flatten(), Linear(outputs: 1)], BinaryCrossEntropy()).output.count == 1)
    for (outputs, loss) in [(2, BinaryCrossEntropy() as any Loss), (1, SoftmaxCrossEntropy())] {
      let error = try #require(throws: PlanError.self) { try plan([Flatten(), Linear(outputs: outputs)], loss) }
      #expect(error.layer == 1 && error.message.contains(type(of: loss).keyword))
    }
  }

  /// Outputs are a list, or one: an image of several values has none.
  @Test func anImageIsNoListOfOutputs() throws {
    let two = Conv2d(channels: 2, kernel: Pair(16))
    #expect(throws: PlanError.self) { try plan([two], SoftmaxCrossEntropy()) }
    #expect(try plan([two, Flatten()], SoftmaxCrossEntropy()).output.count == 2)
    #expect(try plan([Conv2d(channels: 1, kernel: Pair(16))], BinaryCrossEntropy()).output.count == 1)
  }
}
