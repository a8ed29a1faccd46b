import Kernels
import Tensors
import Testing

/// The linear kernels against their definition in scalars, in double precision.
@Suite struct LinearTests {
  static let bound = 1e-14

  /// Channels, rows, columns, outputs: flat lists, images as `flatten` leaves them, more channels than parts.
  static let cases = [[1, 1, 1, 1], [37, 1, 1, 3], [5, 4, 7, 1], [33, 3, 2, 4], [70, 1, 5, 11], [2, 9, 13, 2]]

  @Test(arguments: cases)
  func agreesWithItsDefinition(sizes: [Int]) throws {
    var dice = Dice(seed: sizes.reduce(0) { 31 * $0 + $1 })
    let shape = Shape(channels: sizes[0], height: sizes[1], width: sizes[2])
    let outputs = sizes[3]
    let geometry = LinearGeometry(channels: sizes[0], valuesPerChannel: sizes[1] * sizes[2], outputs: outputs)
    let input = try Sheet(shape, halo: .init(rows: 1, columns: 2), random: &dice)
    let gradient = try Sheet(Shape(flat: outputs), random: &dice)
    let weights = try List(dice.numbers(outputs * shape.count))
    let biases = try List(dice.numbers(outputs))

    let output = try Sheet(Shape(flat: outputs))
    let inputGradient = try Sheet(shape, halo: .init(rows: 1, columns: 1))
    let weightGradient = try List(count: outputs * shape.count)
    let biasGradient = try List(count: outputs)
    let partials = try Storage<Lanes<Double>>(count: geometry.partialVectors)
    // Parts may be computed in any order.
    for part in (0..<geometry.parts).reversed() {
      geometry.forward(part: part, input.view, weights: weights.values, partials: partials.all)
      geometry.backward(
        part: part, input.view, weights: weights.values, gradient: gradient.view,
        weightGradient: weightGradient.values, inputGradient: inputGradient.view)
    }
    geometry.finish(partials: partials.all, bias: biases.values, into: output.view)
    geometry.biasGradient(gradient.view, into: biasGradient.values)

    var sums = (0..<outputs).map { Lanes(repeating: biases.values[$0]) }
    var slopes = [Lanes<Double>](repeating: .zero, count: shape.count)
    for k in 0..<outputs {
      for i in 0..<shape.count {
        let weight = weights.values[k * shape.count + i]
        sums[k] += weight * input[i]
        slopes[i] += weight * gradient[k]
        #expect(abs(weightGradient.values[k * shape.count + i] - (input[i] * gradient[k]).sum()) < 16 * Self.bound)
      }
      #expect(abs(biasGradient.values[k] - gradient[k].sum()) < 16 * Self.bound)
    }
    #expect(worstDifference(output.pixels, sums) < Self.bound)
    #expect(worstDifference(inputGradient.pixels, slopes) < Self.bound)
    #expect(output.isUntouchedAround() && inputGradient.isUntouchedAround() && input.isUntouchedAround(.zero))
  }

  @Test func withoutBias() throws {
    var dice = Dice(seed: 8)
    let geometry = LinearGeometry(channels: 3, valuesPerChannel: 1, outputs: 1)
    let input = try Sheet(Shape(flat: 3), random: &dice)
    let weights = try List([1, 2, 4])
    let partials = try Storage<Lanes<Double>>(count: geometry.partialVectors)
    let output = try Sheet(Shape(flat: 1))
    for part in 0..<geometry.parts {
      geometry.forward(part: part, input.view, weights: weights.values, partials: partials.all)
    }
    geometry.finish(partials: partials.all, bias: nil, into: output.view)
    #expect(worstDifference(output.pixels, [input[0] + 2 * input[1] + 4 * input[2]]) < Self.bound)
  }
}
