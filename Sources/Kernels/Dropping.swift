public import Tensors

/// Dropout of one channel of a pack: which values fall out is a pure function of the random numbers and of a value's
/// place, so that no other thread, layer or step can change it.
public struct Dropping: Sendable, Hashable {
  /// Of 65,536 values, so many fall out.
  public let threshold: Int

  public init(rate: Double) {
    threshold = min(max(Int((rate * 65_536).rounded()), 0), 65_535)
  }

  /// What the others are multiplied by, so that the expected value stays.
  public var scale: Double { 65_536 / Double(65_536 - threshold) }

  /// Draws what stays: 1 in the byte of a lane that does. One block of random numbers serves the sixteen lanes.
  /// - Parameters:
  ///   - draw: tells steps, and packs within a step, apart.
  ///   - kept: for this tensor, in the order channel, row, column.
  public func draw<Scalar>(
    channel: Int, of tensor: PackView<Scalar>, random: CounterRandom, draw: UInt64, into kept: Values<SIMD16<UInt8>>
  ) {
    let first = channel * tensor.height * tensor.width
    for place in first..<first + tensor.height * tensor.width {
      let words = random.block(at: UInt64(place), draw)
      var bytes = SIMD16<UInt8>(repeating: 0)
      let quarters: InlineArray<4, UInt64> = [words.0, words.1, words.2, words.3]
      for quarter in 0..<4 {
        let word = quarters[quarter]
        for part in 0..<4 {
          bytes[4 * quarter + part] = Int(word >> (16 * UInt64(part)) & 0xFFFF) < threshold ? 0 : 1
        }
      }
      kept[place] = bytes
    }
  }

  /// output = input * scale where it stays, else 0: forwards, and for gradients backwards.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func apply<Scalar: LaneScalar>(
    channel: Int, _ input: PackView<Scalar>, kept: Values<SIMD16<UInt8>>, into output: PackView<Scalar>
  ) {
    let scales = Lanes<Scalar>(repeating: Scalar(scale))
    var place = channel &* input.height &* input.width
    for y in 0..<input.height {
      let (from, to) = (input.at(channel, y, 0), output.at(channel, y, 0))
      for x in 0..<input.width {
        to[x] = Scalar.product(Scalar.keep(from[x], where: kept.pointer[place], are: 1), scales)
        place &+= 1
      }
    }
  }
}

/// output = input, for one channel.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func copy<Scalar: LaneScalar>(channel: Int, _ input: PackView<Scalar>, into output: PackView<Scalar>) {
  for y in 0..<input.height {
    output.at(channel, y, 0).update(from: input.at(channel, y, 0), count: input.width)
  }
}
