/// A value that can be written back as the settings that it would be read from. Two values with the same settings
/// behave alike.
///
/// The settings are a lasting format: checkpoints carry them (docs/0010), and later versions of the program read them.
/// A key that is added later needs a default that changes nothing, because older checkpoints lack the key.
public protocol Described: Configurable {
  /// Every key that the initializer reads, each with its value as JSON; nil for an optional key that is absent.
  var settings: KeyValuePairs<String, JSON?> { get }
}

extension Described {
  /// The settings that a document must contain to be read as this value: those that differ from their defaults.
  ///
  /// A default is found by running the initializer without the key. A value that no document can give (a program may
  /// create one outside of all ranges) keeps all its keys.
  public var essentials: [(key: String, value: JSON)] {
    let all = settings.compactMap { key, value in value.map { (key: key, value: $0) } }
    var kept = all
    for key in all.map(\.key) {
      let rest = kept.filter { $0.key != key }
      if reads(rest, as: all) { kept = rest }
    }
    return kept
  }

  /// The value as it stands in a document: the bare keyword `relu`, or `{"conv2d": {"channels": 4, "kernel": 8}}`.
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
      // Without the key the value cannot be read, so the key is needed.
      return false
    }
  }
}

/// Values as they are written in a document.
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
  /// The value as JSON. A scalar that was written without quotes becomes a literal.
  public var json: JSON {
    switch content {
    case .scalar(let text, let isPlain): isPlain ? .literal(text) : .string(text)
    case .list(let elements): .array(elements.map(\.json))
    case .mapping(let members): .object(members.map { (key: $0.key, value: $0.value.json) })
    }
  }
}
