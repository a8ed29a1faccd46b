import Yams

/// Converts the nodes of Yams into ours, and refuses features of YAML that a job file does not need.
struct NodeReader {
  let source: Source
  private var count = 0

  init(source: Source) {
    self.source = source
  }

  mutating func read(_ node: Yams.Node, depth: Int) throws(ConfigurationError) -> Node {
    let place = self.place(of: node)
    try refuseAnchorsAndTags(of: node, at: place)
    count += 1
    guard count <= Document.maximumNodes else {
      throw place.error("the document has more than \(Document.maximumNodes) values")
    }
    guard depth <= Document.maximumDepth else {
      throw place.error("lists and mappings lie deeper than \(Document.maximumDepth) in each other")
    }
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain || scalar.style == .any
      return Node(content: .scalar(scalar.string, isPlain: isPlain), place: place)
    case .sequence(let sequence):
      var elements: [Node] = []
      for element in sequence { elements.append(try read(element, depth: depth + 1)) }
      return Node(content: .list(elements), place: place)
    case .mapping(let mapping):
      let members = try members(of: mapping, depth: depth)
      // A mapping without a brace begins with its first key.
      let first = members.first.map(\.keyPlace)
      let isBraced = first?.line != place.line || first?.column != place.column
      return Node(content: .mapping(members), place: isBraced ? place : first ?? place)
    case .alias:
      throw place.error("aliases are not allowed", hint: "write the value again where it is needed")
    }
  }

  private mutating func members(of mapping: Yams.Node.Mapping, depth: Int) throws(ConfigurationError) -> [Node.Member] {
    var members: [Node.Member] = []
    var seen: Set<String> = []
    for (key, value) in mapping {
      let keyNode = try read(key, depth: depth + 1)
      guard case .scalar(let name, let isPlain) = keyNode.content else {
        throw keyNode.error("a key must be a word, not \(keyNode.found)")
      }
      if isPlain, name == "<<" {
        throw keyNode.error("merge keys are not allowed", hint: "write the values again where they are needed")
      }
      guard seen.insert(name).inserted else { throw keyNode.place.repeated(key: name) }
      let valueNode = try read(value, depth: depth + 1)
      members.append(Node.Member(key: name, keyPlace: keyNode.place, value: valueNode))
    }
    return members
  }

  private func refuseAnchorsAndTags(of node: Yams.Node, at place: Place) throws(ConfigurationError) {
    if node.anchor != nil {
      // An alias comes here as an anchor: see Document.parse.
      let isAlias = source.line(place.line).unicodeScalars.dropFirst(place.column - 1).first == "*"
      throw place.error(
        isAlias ? "aliases are not allowed" : "anchors are not allowed",
        hint: "write the value again where it is needed")
    }
    // Yams drops a tag when it resolves it, so the text is looked at instead.
    if source.line(place.line).unicodeScalars.dropFirst(place.column - 1).first == "!" {
      throw place.error("tags are not allowed", hint: "remove the word that begins with `!`")
    }
  }

  private func place(of node: Yams.Node) -> Place {
    let place = Place(source: source, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, length: 1)
    guard case .scalar(let scalar) = node else { return place }
    return Place(source: source, line: place.line, column: place.column, length: place.length(of: scalar))
  }
}

extension Place {
  func repeated(key: String) -> ConfigurationError {
    error("the key `\(key.clipped)` is given more than once", hint: "keep one of them")
  }

  /// How many Unicode scalars of the line a YAML scalar that begins here takes. A quoted one ends at its closing quote;
  /// any other takes its text if that stands there unchanged, or else counts as 1.
  fileprivate func length(of scalar: Yams.Node.Scalar) -> Int {
    let rest = source.line(line).unicodeScalars.dropFirst(column - 1)
    switch scalar.style {
    case .singleQuoted, .doubleQuoted:
      guard let quote = rest.first, let close = rest.dropFirst().firstIndex(of: quote) else { return 1 }
      return rest.distance(from: rest.startIndex, to: close) + 1
    default:
      let text = scalar.string.unicodeScalars
      return rest.starts(with: text) ? max(text.count, 1) : 1
    }
  }
}

extension YamlError {
  private static let cures: [(problem: String, cure: String)] = [
    ("mapping values are not allowed", "is a colon missing on the line before, or the indentation wrong?"),
    ("did not find expected key", "lines of one mapping begin in one column, those of a list with `-`"),
    ("did not find expected ','", "close what was opened, or separate it with a comma"),
    ("cannot start any token", "put the text in quotes"),
  ]

  /// Yams' message at Yams' position, with a hint for common mistakes.
  func placed(in source: Source) -> ConfigurationError {
    func error(_ message: String, _ mark: Mark, hint: String? = nil) -> ConfigurationError {
      // Yams adds a missing last line end, and may then report the line after it: `Source.place` takes that for the
      // end.
      source.place(line: mark.line, column: mark.column).error(message, hint: hint)
    }
    switch self {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      if problem.contains("another document") {
        return error("a file holds one document; here a second one begins", mark, hint: "put it into a file of its own")
      }
      if problem.contains("undefined alias") { return error("aliases are not allowed", mark) }
      let isTab = source.line(mark.line).unicodeScalars.dropFirst(mark.column - 1).first == "\t"
      let circumstances = context.map { " (\($0.text) that begins on line \($0.mark.line))" } ?? ""
      return error(
        "this is not YAML: \(problem)\(isTab ? "" : circumstances)", mark,
        hint: isTab ? "indent with blanks, not with tabs" : Self.cures.first { problem.contains($0.problem) }?.cure)
    case .duplicatedKeysInMapping(let duplicates, let context):
      return source.place(line: context.mark.line, column: context.mark.column).repeated(key: duplicates.first ?? "")
    default:
      return source.place(line: 1, column: 1).error("this is not YAML: \(self)")
    }
  }
}
