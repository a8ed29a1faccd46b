public import Configuration

/// Every key of a job file by its path, from the declarations that the file is read by.
public struct KeyReference: Sendable {
  public struct Entry: Sendable {
    /// `training.optimizer.adam.beta1`; layers are `network.conv2d.kernel`.
    public let path: String
    public let doc: String
    public let kind: ValueKind
    /// The default as it is written in a job file; nil if there is none.
    public let defaultValue: String?
    public let isRequired: Bool

    public var name: String { path.split(separator: ".").last.map(String.init) ?? path }
  }

  public let entries: [Entry]

  public init() {
    entries = Self.entries(of: declarations(of: Manifest.self), under: "")
  }

  /// The keys at the top of a file.
  public var sections: [Entry] { entries.filter { !$0.path.contains(".") } }

  /// The keys directly inside a mapping.
  public func keys(in entry: Entry) -> [Entry] {
    entries.filter { $0.path.hasPrefix(entry.path + ".") && !$0.path.dropFirst(entry.path.count + 1).contains(".") }
  }

  /// The key with this path, or else all keys whose paths end with it: `momentum` stands for every key of that name.
  ///
  /// - Parameter others: further words to suggest for a misspelt one.
  /// - Throws: `UnknownKey` if there is none.
  public func find(_ wanted: String, others: [String] = []) throws(UnknownKey) -> [Entry] {
    let exact = entries.filter { $0.path == wanted }
    let found = exact.isEmpty ? entries.filter { $0.path.hasSuffix(".\(wanted)") } : exact
    guard found.isEmpty else { return found }
    throw UnknownKey(
      name: wanted, suggestion: closest(to: wanted, among: entries.map(\.name) + entries.map(\.path) + others))
  }

  private static func entries(of keys: [KeyDeclaration], under path: String) -> [Entry] {
    keys.flatMap { key in
      let place = path.isEmpty ? key.key : "\(path).\(key.key)"
      let entry = Entry(
        path: place, doc: key.doc, kind: key.kind, defaultValue: key.defaultValue, isRequired: key.isRequired)
      return [entry] + entries(within: key.kind, at: place)
    }
  }

  private static func entries(within kind: ValueKind, at path: String) -> [Entry] {
    switch kind {
    case .section(let keys): entries(of: keys, under: path)
    case .oneOf(_, let keywords):
      keywords.flatMap { keyword in
        let place = "\(path).\(keyword.keyword)"
        let entry = Entry(
          path: place, doc: keyword.summary, kind: .section(keyword.keys), defaultValue: nil, isRequired: false)
        return [entry] + entries(of: keyword.keys, under: place)
      }
    case .list(let element): entries(within: element, at: path)
    case .anyOf(let kinds): kinds.flatMap { entries(within: $0, at: path) }
    default: []
    }
  }
}

extension KeyReference {
  /// Lines of a job file that show the key in its place, with the required keys beside it. A layer is shown in the list
  /// under `network`.
  public func example(of entry: Entry) -> [String] {
    let parts = entry.path.split(separator: ".").map(String.init)
    if parts[0] == "network", parts.count > 1 { return ["network:", "  - \(layer(parts, entry))"] }
    return lines(parts[...], under: "", entry, depth: 0)
  }

  private func layer(_ parts: [String], _ entry: Entry) -> String {
    let path = "network.\(parts[1])"
    let wanted = parts.count > 2 ? ["\(parts[2]): \(value(of: entry))"] : []
    let settings = wanted + required(in: path, except: parts.count > 2 ? parts[2] : nil)
    return settings.isEmpty ? parts[1] : "\(parts[1]): {\(settings.joined(separator: ", "))}"
  }

  private func lines(_ parts: ArraySlice<String>, under path: String, _ entry: Entry, depth: Int) -> [String] {
    guard let part = parts.first else { return [] }
    let indent = String(repeating: "  ", count: depth)
    let place = path.isEmpty ? part : "\(path).\(part)"
    let beside = path.isEmpty ? [] : required(in: path, except: part).map { indent + $0 }
    guard parts.count > 1 else { return beside + ["\(indent)\(part): \(value(of: entry))"] }
    if case .list = entries.first(where: { $0.path == place })?.kind, parts.count == 2, let key = parts.last {
      let members = required(in: place, except: key) + ["\(key): \(value(of: entry))"]
      return beside + ["\(indent)\(part): [{\(members.joined(separator: ", "))}]"]
    }
    // A keyword without settings stands alone.
    if parts.count == 2, let last = parts.last, entry.kind == .section([]) || standsAlone(entry) {
      return beside + ["\(indent)\(part): \(last)"]
    }
    return beside + ["\(indent)\(part):"] + lines(parts.dropFirst(), under: place, entry, depth: depth + 1)
  }

  private func standsAlone(_ entry: Entry) -> Bool {
    let parent = entry.path.split(separator: ".").dropLast().joined(separator: ".")
    // A section within a section, as `erase` in `augment`, is a mapping and no keyword.
    guard case .section(let keys) = entry.kind, case .oneOf = entries.first(where: { $0.path == parent })?.kind else {
      return false
    }
    return !keys.contains(where: \.isRequired)
  }

  private func required(in path: String, except name: String?) -> [String] {
    let kind = entries.first { $0.path == path }?.kind
    let keys: [KeyDeclaration]
    switch kind {
    case .section(let members), .list(.section(let members)): keys = members
    case .anyOf(let kinds):
      keys = kinds.lazy.compactMap { if case .section(let members) = $0 { members } else { nil } }.first ?? []
    default: return []
    }
    return keys.filter { $0.isRequired && $0.key != name && ($0.substitute ?? "") != name }.map(\.example)
  }

  private func value(of entry: Entry) -> String { entry.defaultValue ?? entry.kind.example }
}

/// No key of a job file has this name.
public struct UnknownKey: Error, CustomStringConvertible {
  public let name: String
  public let suggestion: String?

  public var description: String {
    "nothing in a job file is called `\(name)`; "
      + (suggestion.map { "did you mean `\($0)`?" } ?? "`kiln explain` lists what there is")
  }
}
