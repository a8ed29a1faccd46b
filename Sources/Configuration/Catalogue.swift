/// The keywords that may stand in one place of a document, with what each is read into: layers, optimizers, schedules.
public struct Catalogue<Value>: Sendable {
  /// One keyword.
  public struct Entry: Sendable {
    public let keyword: String
    public let summary: String
    let read: @Sendable (inout Fields) throws(ConfigurationError) -> Value

    /// `wrap` turns a value of the type into a value of the catalogue, usually `{ $0 }`.
    public init<Type: Configurable>(_ type: Type.Type, _ wrap: @escaping @Sendable (Type) -> Value) {
      keyword = Type.keyword
      summary = Type.summary
      read = { (fields) throws(ConfigurationError) in wrap(try Type(reading: &fields)) }
    }
  }

  /// What a keyword names, in the singular: `layer`.
  public let noun: String
  public let entries: [Entry]

  public init(_ noun: String, _ entries: [Entry]) {
    self.noun = noun
    self.entries = entries
  }

  public var keywords: [String] { entries.map(\.keyword) }

  /// The kind of a key that holds one of these keywords, for its declaration and its documentation.
  public var kind: ValueKind {
    .oneOf(
      noun: noun,
      entries.map { entry in
        KeywordDeclaration(keyword: entry.keyword, summary: entry.summary, keys: declarations(entry.read))
      })
  }

  /// Reads `{keyword: {settings}}`, or the bare `keyword` if no setting is required.
  ///
  /// - Throws: an error at the value if it is not one keyword, at the keyword if it is unknown, or at the setting that
  ///   is wrong.
  public func read(_ node: Node) throws(ConfigurationError) -> Value {
    let value = try node.keyworded(as: noun)
    guard let entry = entries.first(where: { $0.keyword == value.keyword }) else {
      throw value.place.error(
        "unknown \(noun) `\(value.keyword.clipped)`", expected: "one of: \(keywords.joined(separator: ", "))",
        hint: suggestion(for: value.keyword, among: keywords))
    }
    return try value.read(entry.read)
  }

  /// Any value of the catalogue, for an initializer that is run only to list its keys: see `declarations(of:)`.
  func standIn() throws(ConfigurationError) -> Value {
    var fields = Fields.recording()
    guard let entry = entries.first else { throw fields.error("no \(noun) is known") }
    return try entry.read(&fields)
  }
}

/// A keyword and its settings, as they stand in a document.
struct Keyworded {
  let keyword: String
  let place: Place
  /// Nil for a bare keyword.
  let settings: Node?

  func read<Value>(
    _ body: (inout Fields) throws(ConfigurationError) -> Value
  ) throws(ConfigurationError) -> Value {
    guard let settings, !settings.isNull else { return try Fields.read([], name: keyword, at: place, body) }
    return try settings.read(keyword, at: place, body)
  }
}

extension Node {
  func keyworded(as noun: String) throws(ConfigurationError) -> Keyworded {
    switch content {
    case .scalar(let keyword, _) where !isNull:
      return Keyworded(keyword: keyword, place: place, settings: nil)
    case .mapping(let members) where members.count == 1:
      return Keyworded(keyword: members[0].key, place: members[0].keyPlace, settings: members[0].value)
    case .mapping(let members) where members.count > 1:
      let keyword = members[0].key.clipped
      throw members[1].keyPlace.error(
        "only one \(noun) can stand here, but `\(members[1].key.clipped)` stands beside `\(keyword)`",
        hint: "indent the settings deeper than `\(keyword)`, or write `\(keyword): {…}`")
    default:
      throw error("expected one \(noun), found \(found)", hint: "write `keyword` or `keyword: {…}`")
    }
  }
}
