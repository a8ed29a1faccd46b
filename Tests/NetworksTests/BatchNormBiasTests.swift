import Configuration
import Kernels
import Networks
import Tensors
import Testing
import Workers

/// What is added to every pixel must not be rounded alike in every pixel: the weight gradient of the convolution before sums
/// it up, where everything else cancels. The witness is the same source in double precision.
@Suite struct BatchNormBiasTests {
  private static let images = 16

  /// Of sixteen channels, each with its own mean: the mean of the error of the input's gradient over all pixels, relative to
  /// the gradient's size (root mean square over the channels). What remains are the roundings of the sums by rows, some 4e-9
  /// of a sum, and the offset that follows from the sums is here six times as large as the gradient.
  @Test func theErrorOfTheInputGradientAveragesOut() throws {
    let shape = Shape(channels: 16, height: 32, width: 32)
    let plan = try NetworkPlan(Network([BatchNorm()]), input: shape, takesInputGradient: true)
    let single = try Self.inputGradient(plan, Float.self)
    let double = try Self.inputGradient(plan, Double.self)
    let plane = 32 * 32
    var squares = 0.0
    for channel in 0..<shape.channels {
      let places = (0..<Self.images).flatMap { image in
        (0..<plane).map { (image * shape.channels + channel) * plane + $0 }
      }
      let bias = places.reduce(0) { $0 + single[$1] - double[$1] } / Double(places.count)
      let size = (places.reduce(0) { $0 + double[$1] * double[$1] } / Double(places.count)).squareRoot()
      squares += bias * bias / (size * size)
    }
    // With the constants in single precision it is 1e-7 and more.
    #expect((squares / Double(shape.channels)).squareRoot() < 5e-8)
  }

  private static func inputGradient<Scalar: LaneScalar>(_ plan: NetworkPlan, _: Scalar.Type) throws -> [Double] {
    let executor = try Executor<Scalar>(plan, team: Team(threads: 2))
    executor.initialize(seed: 1)
    let random = CounterRandom(seed: 5, stream: 9)
    let plane = plan.input.height * plan.input.width
    let values = (0..<images * plan.input.count).map { place in
      Scalar(Float(0.3 + 0.7 * Double(place / plane % plan.input.channels) + 0.1 * random.uniform(at: UInt64(place))))
    }
    executor.input.set(values)
    let draw = TrainingDraw(images: images)
    executor.forward(training: draw)
    executor.outputGradients.set(
      values.indices.map { Scalar(Float(1.3 + random.uniform(at: UInt64(values.count + $0)))) })
    executor.backward(training: draw)
    return try #require(executor.inputGradient(of: 0)).images(images).map { Double($0) }
  }
}
