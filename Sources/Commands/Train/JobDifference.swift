import Configuration
import DurableFiles

/// In which settings two job files differ, in the words of a person.
struct JobDifference {
  let text: String

  private static let shown = 3

  /// - Parameters:
  ///   - was: the file that a run is of.
  ///   - is: another, whose bytes are not the same.
  init(was: [UInt8], is now: [UInt8]) {
    guard let before = Self.settings(was), let after = Self.settings(now) else {
      text = "its job.yaml differs"
      return
    }
    let paths = after.order + before.order.filter { after.values[$0] == nil }
    let changes = paths.compactMap { path -> String? in
      let (old, new) = (before.values[path], after.values[path])
      guard old.map(ByteText.init) != new.map(ByteText.init) else { return nil }
      return "\(path) was \(Self.word(old)) and is \(Self.word(new))"
    }
    guard !changes.isEmpty else {
      text = "its job.yaml differs in comments or layout alone"
      return
    }
    let more = changes.count > Self.shown ? ", and \(changes.count - Self.shown) more" : ""
    text = changes.prefix(Self.shown).joined(separator: ", ") + more
  }

  private static func word(_ value: String?) -> String {
    guard let value else { return "not given" }
    return value.count > 60 ? value.prefix(59) + "…" : value.isEmpty ? "empty" : value
  }

  /// By path; nil for a file that is no document.
  private static func settings(_ bytes: [UInt8]) -> (order: [String], values: [String: String])? {
    do throws(ConfigurationError) {
      let leaves = try Document.parse(bytes, file: "job.yaml").leaves
      return (
        leaves.map(\.path), Dictionary(leaves.map { ($0.path, $0.value) }, uniquingKeysWith: { first, _ in first })
      )
    } catch { return nil }
  }
}
