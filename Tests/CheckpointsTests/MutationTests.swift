import Checkpoints
import DurableFiles
import Foundation
import TemporaryFolder
import Testing

/// Some six thousand broken files of Tests/Fixtures/checkpoints/mutations.txt, each with what the official reader said of it.
@Suite struct MutationTests {
  struct Mutation {
    let kind: String
    let bytes: [UInt8]
    /// The official reader took it.
    let isTaken: Bool
  }

  static let mutations: [Mutation] = {
    let text = (try? fixture("mutations.txt")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    var bases: [String: [UInt8]] = [:]
    return text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      if bases[words[1]] == nil { bases[words[1]] = try? fixture("\(words[1]).safetensors") }
      guard var bytes = bases[words[1]] else { return nil }
      for edit in stride(from: 3, to: words.count, by: 3) {
        guard let place = Int(words[edit]), let removed = Int(words[edit + 1]) else { return nil }
        bytes.replaceSubrange(place..<place + removed, with: unhex(words[edit + 2]))
      }
      return Mutation(kind: words[0], bytes: bytes, isTaken: words[2] == "1")
    }
  }()

  private static func unhex(_ text: String) -> [UInt8] {
    text == "-"
      ? []
      : stride(from: 0, to: text.utf8.count, by: 2).compactMap { place in
        UInt8(text.dropFirst(place).prefix(2), radix: 16)
      }
  }

  @Test func thereAreEnough() {
    #expect(Self.mutations.count == 5960)
    #expect(Self.mutations.count { !$0.isTaken } > 5000)
  }

  /// Only a type of elements that nobody knows is no reason to refuse a file: it is named.
  @Test func whatTheOfficialReaderRefusesIsRefused() {
    var unknown = 0
    for (number, mutation) in Self.mutations.enumerated() where !mutation.isTaken {
      guard let index = try? SafetensorsIndex(mutation.bytes) else { continue }
      unknown += 1
      #expect(index.tensors.contains { $0.type == nil }, "line \(number + 1): \(mutation.kind)")
      #expect(throws: CheckpointError.self) { try Safetensors.decode(mutation.bytes) }
    }
    #expect(unknown > 0 && unknown < 200, "\(unknown)")
  }

  /// What the format's description forbids and the official reader lets pass: names and keys that stand twice, members that
  /// no entry has, other forms of an entry or of the metadata, something before the header, numbers beyond 2^63.
  private static let stricter: Set = ["twice", "key", "extra", "form", "metadata", "around", "empty", "huge", "odd"]

  @Test func whatIsWholeIsTaken() {
    var taken = 0
    for (number, mutation) in Self.mutations.enumerated() where mutation.isTaken {
      do {
        let index = try SafetensorsIndex(mutation.bytes)
        taken += 1
        // By another way: the tensors fill the file from the header to the end.
        let places = index.tensors.map(\.bytes).filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
        #expect(zip(places, places.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        #expect(places.last.map { $0.upperBound == mutation.bytes.count } ?? true)
        for tensor in index.tensors {
          let bits = tensor.shape.reduce(1, *) * (tensor.type?.bits ?? 0)
          #expect(tensor.type != nil && tensor.bytes.count * 8 == bits, "line \(number + 1)")
        }
      } catch {
        #expect(Self.stricter.contains(mutation.kind), "line \(number + 1): \(mutation.kind): \(error)")
      }
    }
    #expect(taken > 500, "\(taken)")
  }

  /// The reader of files agrees with the reader of bytes, and so do those that go on to values.
  @Test func everyReaderSaysTheSame() throws {
    let folder = try TemporaryFolder()
    let path = folder("file.safetensors")
    for mutation in Self.mutations.enumerated().filter({ $0.offset.isMultiple(of: 7) }).map(\.element) {
      try publish(mutation.bytes, to: path, .atomic)
      let index = try? SafetensorsIndex(mutation.bytes)
      let file = try? SafetensorsFile(path)
      #expect(file?.index == index)
      if let file { #expect(try file.survey().count == index?.tensors.count) }
      if index == nil { #expect(throws: CheckpointError.self) { try Safetensors.decode(mutation.bytes) } }
    }
  }
}
