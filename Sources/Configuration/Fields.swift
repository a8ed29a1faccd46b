/// A mapping while it is read. Each read declares its key: what it may be, its default and its meaning.
/// Keys that nobody asked for are refused at the end.
public struct Fields {
  /// The mapping in the words of a message: `training`.
  public let name: String
  /// Where the mapping is named.
  public let place: Place
  /// Nil while the declarations are recorded: then there is no document, and reads give defaults or stand-ins.
  private let members: [Node.Member]?
  private(set) var declarations: [KeyDeclaration] = []
  private var known: [String] = []
  private var lacksKey = false

  /// No document: reads only declare.
  static func recording() -> Fields {
    let nowhere = Place(source: Source(text: "", file: ""), line: 1, column: 1, length: 1)
    return Fields(name: "", place: nowhere, members: nil)
  }

  /// Runs `body` over the members and refuses the keys that it did not read.
  static func read<Value>(
    _ members: [Node.Member], name: String, at place: Place,
    _ body: (inout Fields) throws(ConfigurationError) -> Value
  ) throws(ConfigurationError) -> Value {
    var fields = Fields(name: name, place: place, members: members)
    let value: Value
    do {
      value = try body(&fields)
    } catch {
      // A misspelt key is the commonest reason for a missing one, and says more.
      if fields.lacksKey {
        let all = Configuration.declarations(body).map(\.key)
        fields.known = all + fields.known.filter { !all.contains($0) }
        try fields.finish()
      }
      throw error
    }
    try fields.finish()
    return value
  }

  /// An error about the mapping as a whole, or about the value of one of its keys.
  public func error(
    _ message: String, key: String? = nil, expected: String? = nil, hint: String? = nil
  ) -> ConfigurationError {
    (key.flatMap(place(of:)) ?? place).error(message, expected: expected, hint: hint)
  }

  /// The value of `key` as `parse` reads it; the default, or an error, if the key is absent. All other reads are made
  /// of this one.
  ///
  /// - Parameter written: the default as the documentation shows it.
  /// - Parameter standIn: some value, while declarations are recorded.
  public mutating func value<Value>(
    _ key: String, _ kind: @autoclosure () -> ValueKind, default defaultValue: Value?, written: String?, doc: String,
    standIn: () throws(ConfigurationError) -> Value,
    parse: (Node) throws(ConfigurationError) -> Value
  ) throws(ConfigurationError) -> Value {
    known.append(key)
    guard members != nil else {
      declarations.append(
        KeyDeclaration(
          key: key, kind: kind(), defaultValue: written, isRequired: defaultValue == nil, doc: doc))
      if let defaultValue { return defaultValue }
      return try standIn()
    }
    if let member = member(key) {
      // An empty value has no extent of its own: the key is what one sees.
      return try parse(member.value.isNull ? Node(content: member.value.content, place: member.keyPlace) : member.value)
    }
    if let defaultValue { return defaultValue }
    lacksKey = true
    throw place.error("missing key `\(key)` in \(name)", expected: "\(key): \(kind().example)  # \(doc)")
  }

  /// Where the value of `key` stands, for errors that are found later; nil if the document does not give it.
  public func place(of key: String) -> Place? {
    member(key)?.value.place
  }

  func keyPlace(of key: String) -> Place? {
    member(key)?.keyPlace
  }

  private func member(_ key: String) -> Node.Member? {
    members?.first { $0.key == key }
  }

  private func finish() throws(ConfigurationError) {
    guard let stranger = members?.first(where: { !known.contains($0.key) }) else { return }
    throw stranger.keyPlace.error(
      "unknown key `\(stranger.key.clipped)` in \(name)",
      expected: known.isEmpty ? "no keys here" : "one of: \(known.joined(separator: ", "))",
      hint: suggestion(for: stranger.key, among: known))
  }
}
