import Kernels
import Tensors
import Testing

/// Max pooling against its definition in scalars: exact, but for sums of overlapping windows.
@Suite struct PoolingTests {
  struct Case: Sendable {
    let kernel: [Int]
    let stride: [Int]
    let size: [Int]
  }

  static let cases = [
    Case(kernel: [2, 2], stride: [2, 2], size: [8, 6]), Case(kernel: [2, 2], stride: [2, 2], size: [9, 7]),
    Case(kernel: [3, 3], stride: [2, 2], size: [10, 9]), Case(kernel: [2, 3], stride: [3, 1], size: [8, 11]),
    Case(kernel: [1, 1], stride: [2, 3], size: [7, 7]), Case(kernel: [3, 2], stride: [5, 4], size: [14, 13]),
    Case(kernel: [5, 4], stride: [1, 1], size: [5, 4]),
  ]

  /// Values that are equal in most windows: the integers -1, 0, 1.
  private func tied(_ shape: Shape, _ dice: inout Dice) throws -> Sheet {
    let sheet = try Sheet(shape, halo: .init(rows: 1, columns: 1))
    for index in 0..<shape.count {
      for lane in 0..<laneCount { sheet[index][lane] = Double(dice.integer(in: -1...1)) }
    }
    return sheet
  }

  @Test(arguments: cases, [false, true])
  func agreesWithItsDefinition(sample: Case, rectified: Bool) throws {
    var dice = Dice(seed: 3)
    let geometry = PoolingGeometry(
      kernel: (sample.kernel[0], sample.kernel[1]), stride: (sample.stride[0], sample.stride[1]))
    let input = try tied(Shape(channels: 3, height: sample.size[0], width: sample.size[1]), &dice)
    let small = Shape(
      channels: 3, height: (sample.size[0] - sample.kernel[0]) / sample.stride[0] + 1,
      width: (sample.size[1] - sample.kernel[1]) / sample.stride[1] + 1)
    let gradient = try Sheet(small, random: &dice)
    let output = try Sheet(small, halo: .init(rows: 2, columns: 2))
    let inputGradient = try Sheet(input.shape, halo: .init(rows: 1, columns: 2))
    for channel in 0..<3 {
      geometry.maximum(channel: channel, input.view, into: output.view)
      geometry.maximumGradient(
        channel: channel, input.view, gradient.view, into: inputGradient.view, rectified: rectified)
    }
    let (maxima, slopes) = twin(geometry, input, gradient, rectified: rectified)
    #expect(output.pixels == maxima)
    // Both add the windows of a pixel in row-major order.
    #expect(inputGradient.pixels == slopes)
    #expect(output.isUntouchedAround() && inputGradient.isUntouchedAround() && input.isUntouchedAround())
  }

  /// The first of equal values takes the gradient; none does if a ReLU below passed nothing on.
  private func twin(
    _ geometry: PoolingGeometry, _ input: Sheet, _ gradient: Sheet, rectified: Bool
  ) -> (maxima: [Lanes<Double>], slopes: [Lanes<Double>]) {
    var maxima: [Lanes<Double>] = []
    var slopes = [Lanes<Double>](repeating: .zero, count: input.shape.count)
    for place in 0..<gradient.shape.count {
      let (width, height) = (gradient.shape.width, gradient.shape.height)
      let (channel, y, x) = (place / (width * height), place / width % height, place % width)
      let window = (0..<(geometry.kernelHeight * geometry.kernelWidth)).map { tap in
        (channel * input.shape.height + y * geometry.strideHeight + tap / geometry.kernelWidth) * input.shape.width
          + x * geometry.strideWidth + tap % geometry.kernelWidth
      }
      var greatest = Lanes<Double>()
      for lane in 0..<laneCount {
        let values = window.map { input[$0][lane] }
        let best = values.max() ?? 0
        greatest[lane] = best
        let winner = window[values.firstIndex(of: best) ?? 0]
        if !rectified || best > 0 { slopes[winner][lane] += gradient[place][lane] }
      }
      maxima.append(greatest)
    }
    return (maxima, slopes)
  }

  /// For the overwriting form: the gradient may take the place of the input.
  @Test func gradientInThePlaceOfTheInput() throws {
    var dice = Dice(seed: 4)
    let geometry = PoolingGeometry(kernel: (2, 3), stride: (2, 3))
    let input = try tied(Shape(channels: 2, height: 7, width: 10), &dice)
    let gradient = try Sheet(Shape(channels: 2, height: 3, width: 3), random: &dice)
    let apart = try Sheet(input.shape)
    for channel in 0..<2 {
      geometry.maximumGradient(channel: channel, input.view, gradient.view, into: apart.view, rectified: true)
      geometry.maximumGradient(channel: channel, input.view, gradient.view, into: input.view, rectified: true)
    }
    #expect(input.pixels == apart.pixels)
  }

  /// A NaN anywhere in a window must come out of it, whatever is greater or comes later.
  @Test(arguments: 0..<6)
  func notANumberComesThrough(place: Int) throws {
    let geometry = PoolingGeometry(kernel: (2, 3), stride: (2, 3))
    let input = try Sheet(Shape(channels: 1, height: 2, width: 3))
    for index in 0..<6 { input[index] = Lanes(repeating: Double(index - 3)) }
    input[place][5] = .nan
    let output = try Sheet(Shape(channels: 1, height: 1, width: 1))
    geometry.maximum(channel: 0, input.view, into: output.view)
    for lane in 0..<laneCount {
      #expect(lane == 5 ? output[0][lane].isNaN : output[0][lane] == 2)
    }
  }
}

@Suite struct RectifierTests {
  @Test func keepsNotANumberAndDropsNegatives() throws {
    let shape = Shape(channels: 1, height: 1, width: 6)
    let input = try Sheet(shape, halo: .init(rows: 1, columns: 1))
    let values: [Double] = [-2, -0.0, 0, 3, .nan, .infinity]
    for (index, value) in values.enumerated() { input[index] = Lanes(repeating: value) }
    let output = try Sheet(shape, halo: .init(rows: 1, columns: 1))
    rectify(channel: 0, input.view, into: output.view)
    #expect((0..<4).map { output[$0][9] } == [0, 0, 0, 3])
    #expect(output[4][9].isNaN && output[5][9] == .infinity)
    #expect(output.isUntouchedAround())

    let gradient = try Sheet(shape)
    for index in 0..<6 { gradient[index] = Lanes(repeating: 7) }
    rectifierGradient(channel: 0, activation: output.view, gradient.view, into: gradient.view)
    #expect([0, 1, 2, 3, 5].map { gradient[$0][0] } == [0, 0, 0, 7, 7])
  }
}
