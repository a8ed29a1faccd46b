import Configuration
import Manifests

/// Keys of a job file as `kiln explain` prints them.
struct KeyText {
  let reference: KeyReference

  /// One key in full; of several, their paths.
  func text(for entries: [KeyReference.Entry]) -> String {
    guard entries.count == 1 else {
      let paths = entries.map { "  \($0.path)" }.joined(separator: "\n")
      return "this name stands for several keys; give one by its path:\n\(paths)"
    }
    return text(entries[0])
  }

  private func text(_ entry: KeyReference.Entry) -> String {
    var lines = [entry.path, "  \(entry.doc)", ""]
    if !entry.isMapping {
      lines.append("  value    \(entry.kind)")
      lines.append(
        "  default  \(entry.defaultValue ?? (entry.isRequired ? "none: it must be given" : "may be left out"))")
      lines.append("")
    }
    lines += ["  example"] + reference.example(of: entry).map { "    \($0)" }
    let inside = reference.keys(in: entry)
    if !inside.isEmpty {
      let width = inside.map(\.name.count).max() ?? 0
      lines += ["", "  keys"]
      lines += inside.map { "    \($0.name)\(String(repeating: " ", count: width - $0.name.count))  \($0.doc)" }
    }
    return lines.joined(separator: "\n")
  }

  struct Row: Encodable {
    let path: String
    let doc: String
    let value: String
    let standard: String?
    let isRequired: Bool
    let example: String

    enum CodingKeys: String, CodingKey {
      case path, doc, value, isRequired, example
      case standard = "default"
    }
  }

  func rows(_ entries: [KeyReference.Entry]) -> [Row] {
    entries.map { entry in
      Row(
        path: entry.path, doc: entry.doc, value: "\(entry.kind)", standard: entry.defaultValue,
        isRequired: entry.isRequired, example: reference.example(of: entry).joined(separator: "\n"))
    }
  }
}

extension KeyReference.Entry {
  /// Its keys are explained one by one.
  fileprivate var isMapping: Bool {
    if case .section = kind { true } else { false }
  }
}
