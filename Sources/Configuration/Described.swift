/// A value that can say its settings in the words of the document that it may be read from. Two values with the same
/// settings do the same.
///
/// The words are a format of their own: checkpoints carry them, and a later version of the program reads them. A key that
/// is added later must have a default that changes nothing, because documents without the key mean that.
public protocol Described: Configurable {
  /// Every key that the initializer reads, each with what stands for its value; nil for an optional key that is absent.
  var settings: KeyValuePairs<String, JSON?> { get }
}

extension Described {
  /// The keys that a document needs to say this value: those whose values are not what their absence means.
  ///
  /// The initializer itself is asked what an absence means. A value that no document can give (a program may make one,
  /// out of every range) keeps all its keys.
  public var essentials: [(key: String, value: JSON)] {
    let all = settings.compactMap { key, value in value.map { (key: key, value: $0) } }
    var kept = all
    for key in all.map(\.key) {
      let rest = kept.filter { $0.key != key }
      if reads(rest, as: all) { kept = rest }
    }
    return kept
  }

  /// As it stands under its keyword: `relu`, or `{"conv2d": {"channels": 4, "kernel": 8}}`.
  public var document: JSON {
    let keys = essentials
    return keys.isEmpty ? .string(Self.keyword) : .object([(key: Self.keyword, value: .object(keys))])
  }

  private func reads(_ members: [(key: String, value: JSON)], as all: [(key: String, value: JSON)]) -> Bool {
    do {
      let value = try Document.parse(JSON.object(members).line, file: Self.keyword).read(Self.self)
      return JSON.object(value.settings.compactMap { key, value in value.map { (key: key, value: $0) } })
        == .object(all)
    } catch {
      // A key without which there is no such value is needed.
      return false
    }
  }
}

/// Values as a document has them.
extension JSON {
  public static func number(_ value: Double) -> JSON { .literal(value.written) }
  public static func whole(_ value: some BinaryInteger) -> JSON { .literal("\(value)") }
  public static func word(_ word: some RawRepresentable<String>) -> JSON { .string(word.rawValue) }
  public static func span(_ span: Span) -> JSON { .string(span.description) }
  public static func boolean(_ value: Bool) -> JSON { .literal(value ? "true" : "false") }

  public static func pair(_ pair: Pair) -> JSON {
    pair.height == pair.width ? .whole(pair.height) : .array([.whole(pair.height), .whole(pair.width)])
  }
}

extension Node {
  /// The same value as JSON: what is written without quotes stays a literal.
  public var json: JSON {
    switch content {
    case .scalar(let text, let isPlain): isPlain ? .literal(text) : .string(text)
    case .list(let elements): .array(elements.map(\.json))
    case .mapping(let members): .object(members.map { (key: $0.key, value: $0.value.json) })
    }
  }
}
