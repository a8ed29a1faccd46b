import Glibc
import Kernels
import Tensors
import Testing

/// The exponential of lanes: against the C library's, which errs by less than one unit in the last place, and against a
/// twin in scalars, whose bits do not depend on any register.
@Suite struct LaneExponentialTests {
  /// Values of every size, on both sides of zero, and the ends of the range.
  private func arguments(_ scales: [Double]) -> [Double] {
    var dice = Dice(seed: 3)
    return scales.flatMap { scale in (0..<1600).map { _ in scale * dice.number() } }
  }

  private func inLanes<Scalar: LaneScalar>(
    _ values: [Scalar], _ function: (Lanes<Scalar>) -> Lanes<Scalar>
  ) -> [Scalar] {
    stride(from: 0, to: values.count, by: laneCount).flatMap { start in
      var lanes = Lanes<Scalar>(repeating: 0)
      let count = min(laneCount, values.count - start)
      for lane in 0..<count { lanes[lane] = values[start + lane] }
      let results = function(lanes)
      return (0..<count).map { results[$0] }
    }
  }

  /// Units in the last place of `Scalar` between a value and the truth; the smallest normal number's below it.
  private func worst<Scalar: LaneScalar>(_ values: [Scalar], _ truth: [Double]) -> Double {
    zip(values, truth).map { value, truth in
      Double(value) == truth
        ? 0 : abs(Double(value) - truth) / Double(max(Scalar(truth).magnitude.ulp, .leastNonzeroMagnitude))
    }.max() ?? .infinity
  }

  @Test func exponential() {
    let doubles = arguments([1e-9, 0.01, 0.7, 5, 100, 700])
    #expect(worst(inLanes(doubles, Double.exponential), doubles.map(exp)) <= 2)
    let floats = arguments([1e-9, 0.01, 0.7, 5, 80]).map { Float($0) }
    #expect(worst(inLanes(floats, Float.exponential), floats.map { exp(Double($0)) }) <= 1)
  }

  @Test func exponentialLessOne() {
    let doubles = arguments([1e-300, 1e-9, 0.01, 0.7, 5, 80]).map { -abs($0) }
    #expect(worst(inLanes(doubles, Double.exponentialLessOne), doubles.map(expm1)) <= 3)
    let floats = arguments([1e-30, 1e-9, 0.01, 0.7, 5, 80]).map { Float(-abs($0)) }
    #expect(worst(inLanes(floats, Float.exponentialLessOne), floats.map { expm1(Double($0)) }) <= 3)
  }

  /// The products of smaller powers round once more where the result is no normal number.
  @Test func ends() {
    let doubles = [0, 709.7, 710, .infinity, -708.5, -720, -745, -746, -1e300, -.infinity]
    #expect(worst(inLanes(doubles, Double.exponential), doubles.map(exp)) <= 2)
    #expect(inLanes(doubles, Double.exponential)[2] == .infinity)
    let floats: [Float] = [0, 88.7, 89, .infinity, -87.5, -95, -103, -104.5, -1e30, -.infinity]
    #expect(worst(inLanes(floats, Float.exponential), floats.map { Double(Float(exp(Double($0)))) }) <= 2)
    #expect(inLanes([Float.nan], Float.exponential)[0].isNaN && inLanes([.nan], Double.exponential)[0].isNaN)
    #expect(inLanes([0, -1e30, -.infinity], Float.exponentialLessOne) == [0, -1, -1])
    #expect(inLanes([0, -1e300, -.infinity], Double.exponentialLessOne) == [0, -1, -1])
    #expect(inLanes([Double.nan], Double.exponentialLessOne)[0].isNaN)
  }

  /// e^x as CVectorExponential.h says it, one value at a time: the same bits on any machine.
  @Test func bitsOfTheScalarTwin() {
    let floats = arguments([1e-9, 0.01, 0.7, 5, 110]).map { Float($0) }
    #expect(
      inLanes(floats, Float.exponential)
        == floats.map { twin(min(max($0, -110), 100), order: 7, high: 0x1.62e4p-1, low: 0x1.7f7d1cp-20) })
    let doubles = arguments([1e-9, 0.01, 0.7, 5, 700, 760])
    #expect(
      inLanes(doubles, Double.exponential)
        == doubles.map { twin(min(max($0, -760), 720), order: 13, high: 0x1.62e42feep-1, low: 0x1.a39ef35793c76p-33) })
  }

  private func twin<Scalar: LaneScalar>(_ x: Scalar, order: Int, high: Scalar, low: Scalar) -> Scalar {
    let n = (x * Scalar(1.4426950408889634)).rounded(.toNearestOrEven)
    let r = x.addingProduct(-n, high).addingProduct(-n, low)
    var factorial = (1...order).reduce(Scalar(1)) { $0 * Scalar($1) }
    var sum = 1 / factorial
    for k in stride(from: order, to: 2, by: -1) {
      factorial /= Scalar(k)
      sum = (1 / factorial).addingProduct(sum, r)
    }
    let series = r.addingProduct(sum * r, r)
    let half = Int((n / 2).rounded(.toNearestOrEven))
    func power(_ exponent: Int) -> Scalar { Scalar(sign: .plus, exponent: .init(exponent), significand: 1) }
    return power(half).addingProduct(series, power(half)) * power(Int(n) - half)
  }
}

/// Activations of whole tensors.
@Suite struct ActivationTests {
  private func apply(
    _ values: [Double], _ function: (PackView<Double>, PackView<Double>) -> Void
  ) throws -> [Double] {
    let shape = Shape(channels: 1, height: 1, width: values.count)
    let (input, output) = (try Sheet(shape), try Sheet(shape, halo: .init(rows: 1, columns: 1)))
    for (index, value) in values.enumerated() { input[index] = Lanes(repeating: value) }
    function(input.view, output.view)
    #expect(output.isUntouchedAround())
    return (0..<values.count).map { output[$0][7] }
  }

  static let values = [-800, -40, -3, -0.7, -1e-5, -1e-300, 0, 1e-300, 1e-5, 0.3, 1, 20, 800]

  @Test func sigmoids() throws {
    let results = try apply(Self.values) { sigmoid(channel: 0, $0, into: $1) }
    for (x, y) in zip(Self.values, results) {
      let truth = 1 / (1 + exp(-x))
      #expect(abs(y - truth) <= 3 * truth.ulp, "\(x)")
    }
  }

  @Test func hyperbolicTangents() throws {
    let results = try apply(Self.values) { hyperbolicTangent(channel: 0, $0, into: $1) }
    for (x, y) in zip(Self.values, results) { #expect(abs(y - tanh(x)) <= 4 * tanh(x).ulp, "\(x)") }
  }

  @Test func notANumberComesThrough() throws {
    #expect(try apply([.nan]) { sigmoid(channel: 0, $0, into: $1) }[0].isNaN)
    #expect(try apply([.nan]) { hyperbolicTangent(channel: 0, $0, into: $1) }[0].isNaN)
    #expect(try apply([.nan]) { leakyRectify(channel: 0, slope: 0.1, $0, into: $1) }[0].isNaN)
  }

  @Test func leakyRectifier() throws {
    #expect(try apply([-2, -0.0, 0, 3]) { leakyRectify(channel: 0, slope: 0.25, $0, into: $1) } == [-0.5, 0, 0, 3])
  }
}
