extension JSON {
  /// The value as a person writes it in a job file: keys on lines of their own, and what fits on a line in braces.
  ///
  ///     training:
  ///       epochs: 10
  ///       optimizer: {sgd: {learningRate: 0.01}}
  ///
  /// - Parameter width: of a line, in characters. A scalar is never broken.
  public func yaml(width: Int = 80) -> String {
    guard case .object(let members) = self, !members.isEmpty else { return flow }
    return members.flatMap { Self.lines($0.key, $0.value, isSection: true, indent: "", width) }.joined(separator: "\n")
  }

  /// - Parameter isSection: a mapping or a list stands below its key, even if it is short.
  private static func lines(_ key: String, _ value: JSON, isSection: Bool, indent: String, _ width: Int) -> [String] {
    let name = indent + plainOrQuoted(key) + ":"
    let line = "\(name) \(value.flow)"
    let inner = indent + "  "
    switch value {
    case .object(let members) where !members.isEmpty && (isSection || line.count > width):
      return [name] + members.flatMap { lines($0.key, $0.value, isSection: false, indent: inner, width) }
    case .array(let values) where !values.isEmpty && (isSection || line.count > width):
      return [name] + values.flatMap { item($0, indent: inner, width) }
    default: return [line]
    }
  }

  private static func item(_ value: JSON, indent: String, _ width: Int) -> [String] {
    let line = "\(indent)- \(value.flow)"
    // One key, as a layer is: without braces of its own.
    guard case .object(let members) = value, !members.isEmpty else { return [line] }
    guard line.count > width || members.count == 1 else { return [line] }
    let inner = members.flatMap { lines($0.key, $0.value, isSection: false, indent: indent + "  ", width) }
    return inner.enumerated().map {
      $0.offset == 0 ? "\(indent)- \($0.element.dropFirst(indent.count + 2))" : $0.element
    }
  }

  /// On one line.
  private var flow: String {
    switch self {
    case .literal(let text): text
    case .string(let text): Self.plainOrQuoted(text)
    case .array(let values): "[" + values.map(\.flow).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { "\(Self.plainOrQuoted($0.key)): \($0.value.flow)" }.joined(separator: ", ") + "}"
    }
  }

  /// Without quotes, if no reader could take the text for a number, a truth value, or a sign of YAML's.
  private static func plainOrQuoted(_ text: String) -> String {
    let marks = Set(" _-./".utf8)
    let isPlain = text.utf8.allSatisfy { byte in
      Character(Unicode.Scalar(byte)).isASCII && (Character(Unicode.Scalar(byte)).isLetter || isDigit(byte))
        || marks.contains(byte)
    }
    guard isPlain, let first = text.utf8.first, let last = text.utf8.last, !marks.contains(first),
      last != UInt8(ascii: " "), text.utf8.contains(where: { !isDigit($0) && !marks.contains($0) }),
      Double(text) == nil, !words.contains(text.lowercased())
    else { return JSON.string(text).line }
    return text
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static let words: Set = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
}
