/// A value in a document, with its place: a scalar, a list or a mapping.
public struct Node: Sendable {
  enum Content: Sendable {
    /// `isPlain`: written without quotes, so that it may mean a number or a truth value.
    case scalar(String, isPlain: Bool)
    case list([Node])
    case mapping([Member])
  }

  struct Member: Sendable {
    let key: String
    let keyPlace: Place
    let value: Node
  }

  let content: Content
  public let place: Place

  /// The text of a scalar, quoted or not; nil for lists and mappings.
  public var scalar: String? {
    if case .scalar(let text, _) = content { text } else { nil }
  }

  /// The elements of a list; nil for scalars and mappings.
  public var elements: [Node]? {
    if case .list(let nodes) = content { nodes } else { nil }
  }

  /// The keys of a mapping in their order; nil for scalars and lists.
  public var keys: [String]? {
    if case .mapping(let members) = content { members.map(\.key) } else { nil }
  }

  /// Whether nothing was written: `key:`, `key: ~` or `key: null`.
  public var isNull: Bool {
    if case .scalar(let text, isPlain: true) = content { Self.nulls.contains(text) } else { false }
  }

  private static let nulls: Set<String> = ["", "~", "null", "Null", "NULL"]

  /// What is here, in the words of an error message.
  var found: String {
    switch content {
    case .scalar where isNull: "empty"
    case .scalar(let text, isPlain: true): "`\(text.clipped)`"
    case .scalar(let text, isPlain: false): "the quoted text \"\(text.clipped)\""
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }

  /// An error about this value. `expected` and `hint` go on lines of their own below the caret.
  public func error(_ message: String, expected: String? = nil, hint: String? = nil) -> ConfigurationError {
    place.error(message, expected: expected, hint: hint)
  }
}

extension String {
  /// At most 40 characters on one line, to be quoted in a message.
  var clipped: String {
    let line = prefix(41).map { $0.isNewline ? " " : String($0) }
    return line.count > 40 ? line.prefix(39).joined() + "…" : line.joined()
  }
}
