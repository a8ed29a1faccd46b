public import Tensors

/// A linear layer from a pack, read in the order channel, row, column, to a list of outputs:
///
///     output[k] = bias[k] + sum over i of weight[k][i] * input[i]
///
/// The inputs are cut into parts by channels, so that a team can share them; the parts depend on the
/// shape alone and are added in order.
public struct LinearGeometry: Sendable, Hashable {
  public let channels: Int
  public let valuesPerChannel: Int
  public let outputs: Int

  public init(channels: Int, valuesPerChannel: Int, outputs: Int) {
    self.channels = channels
    self.valuesPerChannel = valuesPerChannel
    self.outputs = outputs
  }

  public var inputs: Int { channels * valuesPerChannel }
  public static let mostParts = 32
  public var parts: Int { min(channels, LinearGeometry.mostParts) }
  /// Vectors for the parts' sums.
  public var partialVectors: Int { parts * outputs }

  func channels(of part: Int) -> Range<Int> { (channels * part / parts)..<(channels * (part + 1) / parts) }

  /// Sums one part of the inputs for every output into `partials`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: LaneScalar>(
    part: Int, _ input: PackView<Scalar>, weights: Values<Scalar>, partials: Values<Lanes<Scalar>>
  ) {
    for output in 0..<outputs {
      // Four sums hide the latency of the multiply-add.
      var sums = Four(repeating: Lanes<Scalar>(repeating: 0))
      for channel in channels(of: part) {
        var weight = UnsafePointer(weights.pointer) + (output &* inputs &+ channel &* valuesPerChannel)
        for y in 0..<input.height {
          let row = input.at(channel, y, 0)
          var x = 0
          while x &+ 4 <= input.width {
            unrolled(4) { i in
              Scalar.addProduct(row[x &+ i], Lanes(repeating: weight[x &+ i]), to: &sums[i])
            }
            x &+= 4
          }
          while x < input.width {
            Scalar.addProduct(row[x], Lanes(repeating: weight[x]), to: &sums[0])
            x &+= 1
          }
          weight += input.width
        }
      }
      partials.pointer[part &* outputs &+ output] = Scalar.sum(
        Scalar.sum(sums[0], sums[1]), Scalar.sum(sums[2], sums[3]))
    }
  }

  /// Adds the parts in order, and the bias.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func finish<Scalar: LaneScalar>(
    partials: Values<Lanes<Scalar>>, bias: Values<Scalar>?, into output: PackView<Scalar>
  ) {
    for k in 0..<outputs {
      var sum = partials.pointer[k]
      for part in 1..<max(parts, 1) { sum = Scalar.sum(sum, partials.pointer[part &* outputs &+ k]) }
      if let bias { sum = Scalar.sum(sum, Lanes(repeating: bias.pointer[k])) }
      output.at(k, 0, 0).pointee = sum
    }
  }

  /// The gradients of one part: of its weights, and of its inputs when wanted.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func backward<Scalar: LaneScalar>(
    part: Int, _ input: PackView<Scalar>, weights: Values<Scalar>, gradient: PackView<Scalar>,
    weightGradient: Values<Scalar>, inputGradient: PackView<Scalar>?
  ) {
    for channel in channels(of: part) {
      for y in 0..<input.height {
        let row = input.at(channel, y, 0)
        for x in 0..<input.width {
          let place = channel &* valuesPerChannel &+ y &* input.width &+ x
          let value = row[x]
          var slope = Lanes<Scalar>(repeating: 0)
          for k in 0..<outputs {
            let above = gradient.at(k, 0, 0).pointee
            let index = k &* inputs &+ place
            weightGradient.pointer[index] = Scalar.laneSum(Scalar.product(above, value))
            Scalar.addProduct(above, Lanes(repeating: weights.pointer[index]), to: &slope)
          }
          if let inputGradient { inputGradient.at(channel, y, x).pointee = slope }
        }
      }
    }
  }

  /// biasGradient[k] = the sum of its gradient over the lanes.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func biasGradient<Scalar: LaneScalar>(_ gradient: PackView<Scalar>, into biasGradient: Values<Scalar>) {
    for k in 0..<outputs { biasGradient.pointer[k] = Scalar.laneSum(gradient.at(k, 0, 0).pointee) }
  }
}
