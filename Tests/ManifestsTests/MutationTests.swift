import Configuration
import Manifests
import Tensors
import Testing

/// Whatever is done to a job file, it is read or refused in words, and the refusal points into the file.
@Suite struct MutationTests {
  private static let pieces = [
    ":", "-", "[", "]", "{", "}", ",", "#", "&a", "*a", "!t", "|", ">", "'", "\"", "%", "@", "`", "?", "~", "\t", "\n",
    " ",
    "---", "...", "\u{FEFF}", "\u{2028}", "\0", "é", "👩‍🔬", "e\u{301}", "1e999", "-9223372036854775808", "<<: ", "\r",
    "\r\n",
  ].map { Array($0.utf8) }

  @Test(arguments: ["good.yaml", "good.json"])
  func neverCrashes(_ name: String) throws {
    let good = Array(try text(of: "\(fixtures)/\(name)").utf8)
    let rounds = 3_000
    var accepted = 0
    for round in 0..<rounds {
      let bytes = mutate(good, round: UInt64(round))
      do {
        _ = try Manifest.parse(bytes, file: name).plan()
        accepted += 1
      } catch {
        let lines = 1 + bytes.count { $0 == 10 || $0 == 13 || $0 == 0xA8 }
        #expect((1...lines).contains(error.line) && error.column >= 1, "\(error)")
        #expect("\(error)".hasPrefix("\(name):\(error.line):\(error.column): error: "))
      }
    }
    #expect(accepted > 0 && accepted < rounds)
  }

  /// One to three changes: a byte replaced, a stretch removed, doubled or moved, a piece of syntax inserted.
  private func mutate(_ good: [UInt8], round: UInt64) -> [UInt8] {
    let random = CounterRandom(seed: 11, stream: round)
    var bytes = good
    for change in 0..<(1 + random.index(below: 3, at: 0)) {
      let draw = { (limit: Int, what: UInt64) in random.index(below: limit, at: UInt64(change) * 8 + what + 1) }
      let place = draw(bytes.count, 0)
      let end = min(bytes.count, place + 1 + draw(20, 1))
      let stretch = Array(bytes[place..<end])
      switch draw(5, 2) {
      case 0: bytes[place] = UInt8(draw(256, 3))
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: stretch, at: place)
      case 3:
        bytes.removeSubrange(place..<end)
        bytes.insert(contentsOf: stretch, at: draw(bytes.count + 1, 4))
      default: bytes.insert(contentsOf: Self.pieces[draw(Self.pieces.count, 5)], at: place)
      }
      if bytes.isEmpty { return [] }
    }
    return bytes
  }
}
