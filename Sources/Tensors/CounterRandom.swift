/// Random numbers as a pure function of (seed, stream, position): nothing to save, nothing to share.
///
/// Philox 4x64 with ten rounds (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011), as in NumPy's `Philox(key: [seed, stream])`, except that NumPy counts from 1.
public struct CounterRandom: Sendable, Hashable {
  public let seed: UInt64
  public let stream: UInt64

  public init(seed: UInt64, stream: UInt64) {
    self.seed = seed
    self.stream = stream
  }

  /// The four words of one counter value, which has two words of its own.
  public func block(at counter: UInt64, _ high: UInt64 = 0) -> (UInt64, UInt64, UInt64, UInt64) {
    var state: (UInt64, UInt64, UInt64, UInt64) = (counter, high, 0, 0)
    var key = (seed, stream)
    for round in 0..<10 {
      if round > 0 {
        key.0 &+= 0x9E37_79B9_7F4A_7C15
        key.1 &+= 0xBB67_AE85_84CA_A73B
      }
      let first = state.0.multipliedFullWidth(by: 0xD2E7_470E_E14C_6C93)
      let second = state.2.multipliedFullWidth(by: 0xCA5A_8263_9512_1157)
      state = (second.high ^ state.1 ^ key.0, second.low, first.high ^ state.3 ^ key.1, first.low)
    }
    return state
  }

  /// The word at a position: four consecutive positions share a block.
  public func word(at position: UInt64) -> UInt64 {
    let words = block(at: position / 4)
    switch position % 4 {
    case 0: return words.0
    case 1: return words.1
    case 2: return words.2
    default: return words.3
    }
  }

  /// Uniform in [0, 1) with 53 random bits.
  public func uniform(at position: UInt64) -> Double {
    Double(word(at: position) >> 11) * 0x1p-53
  }

  /// Uniform in 0..<bound. The bias of the multiplication, below bound / 2^64, is far under what a run can see.
  public func index(below bound: Int, at position: UInt64) -> Int {
    precondition(bound > 0, "an index needs a positive bound")
    return Int(word(at: position).multipliedFullWidth(by: UInt64(bound)).high)
  }
}
