import Checkpoints
import DurableFiles
import RunFiles
import TemporaryFolder
import Testing

/// Sixteen hundred ways to damage the newest checkpoint. Each is detected, and the one before takes its place.
@Suite struct DamageTests {
  let folder: TemporaryFolder
  let store: CheckpointStore

  init() throws {
    folder = try TemporaryFolder()
    store = CheckpointStore(run: folder("run"))
    try store.prepare()
    for step in [1, 2] {
      let weights = (0..<300).map { Float($0 * step) / 7 }
      try store.publish(
        step: step, model: [NamedTensor(name: "0.weight", shape: [3, 100], values: weights)],
        modelMetadata: ["step": "\(step)", "classes": "cat\ndog"],
        training: [NamedTensor(name: "velocity.0.weight", shape: [300], values: weights.map { -$0 })],
        state: ["kiln.state": "{\"step\":\(step)}"], keep: 3)
    }
  }

  enum Damage: CaseIterable {
    /// One bit, anywhere.
    case flip
    /// One byte becomes another, anywhere.
    case byte
    /// The end is missing.
    case truncation
    /// Something follows the end.
    case addition
    /// A stretch holds zeros: what a file system may show after a power cut.
    case zeros
    /// A stretch holds what stands elsewhere in the file.
    case copy
    /// Eight bits at once, anywhere.
    case burst
    /// The checkpoint before, under this one's name, with one bit changed.
    case stale
  }

  @Test(arguments: Damage.allCases) func isDetected(damage: Damage) throws {
    let files = [CheckpointFile.model.rawValue, CheckpointFile.training.rawValue]
    var random = Dice(seed: 7)
    for number in 0..<200 {
      let file = files[number % 2]
      let path = store.path(of: 2) + "/" + file
      let whole = try readFile(path, limit: 1 << 20)
      let earlier = try readFile(store.path(of: 1) + "/" + file, limit: 1 << 20)
      let damaged = damage.applied(to: damage == .stale ? earlier : whole, &random)
      try #require(damaged != whole)
      try publish(damaged, to: path, .atomic)
      let recovery = try store.recover()
      #expect(recovery.checkpoint?.step == 1 && recovery.passedOver.map(\.step) == [2], "\(damage) \(number)")
      try publish(whole, to: path, .atomic)
    }
    #expect(try store.recover().checkpoint?.step == 2)
  }
}

extension DamageTests.Damage {
  /// Other bytes than `whole`.
  fileprivate func applied(to whole: [UInt8], _ random: inout Dice) -> [UInt8] {
    var bytes = whole
    repeat {
      let place = Int.random(in: 0..<whole.count, using: &random)
      switch self {
      case .flip, .stale: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case .byte: bytes[place] = .random(in: 0...255, using: &random)
      case .truncation: bytes = Array(whole[..<place])
      case .addition: bytes += (0...place % 9).map { _ in .random(in: 0...255, using: &random) }
      case .zeros: for index in place..<min(place + 64, whole.count) { bytes[index] = 0 }
      case .copy:
        let source = Int.random(in: 0..<whole.count, using: &random)
        for offset in 0..<min(32, whole.count - max(place, source)) { bytes[place + offset] = whole[source + offset] }
      case .burst:
        for _ in 0..<8 {
          bytes[Int.random(in: 0..<whole.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
      }
    } while bytes == whole
    return bytes
  }
}

/// Reproducible: Marsaglia's xorshift64 ("Xorshift RNGs", 2003).
private struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
