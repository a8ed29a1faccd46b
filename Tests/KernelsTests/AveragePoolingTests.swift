import Kernels
import Tensors
import Testing

/// Average pooling against its definition in scalars.
@Suite struct AveragePoolingTests {
  @Test(arguments: PoolingTests.cases, [false, true])
  func agreesWithItsDefinition(sample: PoolingTests.Case, rectified: Bool) throws {
    var dice = Dice(seed: 6)
    let geometry = PoolingGeometry(
      kernel: (sample.kernel[0], sample.kernel[1]), stride: (sample.stride[0], sample.stride[1]))
    let large = Shape(channels: 3, height: sample.size[0], width: sample.size[1])
    let small = Shape(
      channels: 3, height: (sample.size[0] - sample.kernel[0]) / sample.stride[0] + 1,
      width: (sample.size[1] - sample.kernel[1]) / sample.stride[1] + 1)
    let input = try Sheet(large, halo: .init(rows: 1, columns: 1), random: &dice)
    let gradient = try Sheet(small, random: &dice)
    let output = try Sheet(small, halo: .init(rows: 2, columns: 2))
    let inputGradient = try Sheet(large, halo: .init(rows: 1, columns: 2))
    for channel in 0..<3 {
      geometry.average(channel: channel, input.view, into: output.view)
      geometry.averageGradient(
        channel: channel, input.view, gradient.view, into: inputGradient.view, rectified: rectified)
    }
    let (means, slopes) = twin(geometry, input, gradient, rectified: rectified)
    // A few dozen terms in another order.
    #expect(worstDifference(output.pixels, means) < 1e-14)
    #expect(worstDifference(inputGradient.pixels, slopes) < 1e-14)
    #expect(output.isUntouchedAround() && inputGradient.isUntouchedAround() && input.isUntouchedAround(.zero))
  }

  private func twin(
    _ geometry: PoolingGeometry, _ input: Sheet, _ gradient: Sheet, rectified: Bool
  ) -> (means: [Lanes<Double>], slopes: [Lanes<Double>]) {
    var means: [Lanes<Double>] = []
    var slopes = [Lanes<Double>](repeating: .zero, count: input.shape.count)
    let (width, height) = (gradient.shape.width, gradient.shape.height)
    let taps = geometry.kernelHeight * geometry.kernelWidth
    for place in 0..<gradient.shape.count {
      let (channel, y, x) = (place / (width * height), place / width % height, place % width)
      var total = Lanes<Double>.zero
      for tap in 0..<taps {
        let row = y * geometry.strideHeight + tap / geometry.kernelWidth
        let column = x * geometry.strideWidth + tap % geometry.kernelWidth
        let source = (channel * input.shape.height + row) * input.shape.width + column
        total += input[source]
        let share = gradient[place] / Double(taps)
        slopes[source] += rectified ? share.replacing(with: 0, where: input[source] .<= 0) : share
      }
      means.append(total / Double(taps))
    }
    return (means, slopes)
  }

  @Test func gradientInThePlaceOfTheInput() throws {
    var dice = Dice(seed: 7)
    let geometry = PoolingGeometry(kernel: (2, 3), stride: (3, 3))
    let input = try Sheet(Shape(channels: 2, height: 8, width: 10), random: &dice)
    let gradient = try Sheet(Shape(channels: 2, height: 3, width: 3), random: &dice)
    let apart = try Sheet(input.shape)
    for channel in 0..<2 {
      geometry.averageGradient(channel: channel, input.view, gradient.view, into: apart.view, rectified: true)
      geometry.averageGradient(channel: channel, input.view, gradient.view, into: input.view, rectified: true)
    }
    #expect(input.pixels == apart.pixels)
  }
}
