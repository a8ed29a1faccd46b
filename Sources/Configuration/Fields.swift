/// A mapping while it is being read. Each read also declares its key: the allowed values, the default and the meaning.
/// At the end, keys that were not read are refused.
public struct Fields {
  /// What messages call the mapping: `training`.
  public let name: String
  /// Where errors about the mapping as a whole point: to its key, or to its beginning.
  public let place: Place
  /// Nil while declarations are recorded. There is no document then, and each read returns its default or a stand-in.
  private let members: [Node.Member]?
  private(set) var declarations: [KeyDeclaration] = []
  private var known: [String] = []
  private var lacksKey = false

  /// Fields without a document: reads only declare their keys.
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
      // A key is most often missing because it is misspelt, so an unknown key is reported in place of the missing one.
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

  /// The value of `key` as `parse` reads it. If the key is absent: the default, or an error if there is none. All other
  /// reads call this one.
  ///
  /// - Parameter written: the default as the documentation shows it.
  /// - Parameter standIn: gives the result while declarations are recorded, if there is no default.
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
      // An empty value has no text of its own, so errors about it point to the key.
      return try parse(member.value.isNull ? Node(content: member.value.content, place: member.keyPlace) : member.value)
    }
    if let defaultValue { return defaultValue }
    lacksKey = true
    throw place.error("missing key `\(key)` in \(name)", expected: "\(key): \(kind().example)  # \(doc)")
  }

  /// Declares that one of the optional keys may stand in place of a required one. Whoever reads the required key does so
  /// only where the other one is absent.
  public mutating func allow(_ substitute: String, inPlaceOf key: String) {
    guard let index = declarations.firstIndex(where: { $0.key == key }) else { return }
    declarations[index].substitute = substitute
  }

  /// Where the value of `key` stands, for errors that are found later; nil if the document does not give it.
  public func place(of key: String) -> Place? {
    member(key)?.value.place
  }

  /// The same for a key of each mapping in the list under `list`; nil if the document gives no such list.
  public func places(of key: String, inEachOf list: String) -> [Place?]? {
    member(list)?.value.elements.map { elements in
      elements.map { element in
        guard case .mapping(let members) = element.content else { return nil }
        return members.first { $0.key == key }?.value.place
      }
    }
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
