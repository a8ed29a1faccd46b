/// Typed reads. A default of nil means that the key is required. Each read throws an error at the value that names the
/// key, the allowed values and the value found.
extension Fields {
  public mutating func integer(
    _ key: String, in range: ClosedRange<Int>, default defaultValue: Int? = nil, _ doc: String
  ) throws(ConfigurationError) -> Int {
    try scalar(key, .integer(range), default: defaultValue, doc, standIn: range.lowerBound) {
      (node) throws(ConfigurationError) in try node.integer(key, in: range)
    }
  }

  public mutating func number(
    _ key: String, in range: ClosedRange<Double>, default defaultValue: Double? = nil, _ doc: String
  ) throws(ConfigurationError) -> Double {
    try value(
      key, .number(range), default: defaultValue, written: defaultValue?.written, doc: doc,
      standIn: { () throws(ConfigurationError) in range.lowerBound },
      parse: { (node) throws(ConfigurationError) in try node.number(key, in: range) })
  }

  public mutating func boolean(
    _ key: String, default defaultValue: Bool? = nil, _ doc: String
  ) throws(ConfigurationError) -> Bool {
    try scalar(key, .boolean, default: defaultValue, doc, standIn: false) {
      (node) throws(ConfigurationError) in try node.boolean(key)
    }
  }

  public mutating func text(
    _ key: String, default defaultValue: String? = nil, _ doc: String
  ) throws(ConfigurationError) -> String {
    try scalar(key, .text, default: defaultValue, doc, standIn: "") {
      (node) throws(ConfigurationError) in try node.text(key)
    }
  }

  /// One of the cases of an enumeration, each written as its raw value.
  public mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, of type: Choice.Type, default defaultValue: Choice? = nil, _ doc: String
  ) throws(ConfigurationError) -> Choice {
    let cases = Array(Choice.allCases)
    let words = cases.map(\.rawValue)
    let word = try scalar(key, .choice(words), default: defaultValue?.rawValue, doc, standIn: words.first ?? "") {
      (node) throws(ConfigurationError) in try node.choice(key, of: words)
    }
    guard let choice = cases.first(where: { $0.rawValue == word }) else { throw error("no choice for `\(key)`") }
    return choice
  }

  public mutating func pair(
    _ key: String, in range: ClosedRange<Int>, default defaultValue: Pair? = nil, _ doc: String
  ) throws(ConfigurationError) -> Pair {
    try scalar(key, .pair(range), default: defaultValue, doc, standIn: Pair(range.lowerBound)) {
      (node) throws(ConfigurationError) in try node.pair(key, in: range)
    }
  }

  public mutating func span(
    _ key: String, default defaultValue: Span? = nil, _ doc: String
  ) throws(ConfigurationError) -> Span {
    try scalar(key, .span, default: defaultValue, doc, standIn: .epochs(1)) {
      (node) throws(ConfigurationError) in try node.span(key)
    }
  }

  private mutating func scalar<Value>(
    _ key: String, _ kind: ValueKind, default defaultValue: Value?, _ doc: String, standIn: Value,
    parse: (Node) throws(ConfigurationError) -> Value
  ) throws(ConfigurationError) -> Value {
    try value(
      key, kind, default: defaultValue, written: defaultValue.map { "\($0)" }, doc: doc,
      standIn: { () throws(ConfigurationError) in standIn }, parse: parse)
  }
}

/// Reads of optional keys, which have no default: nil if the key is absent.
extension Fields {
  public mutating func optionalInteger(
    _ key: String, in range: ClosedRange<Int>, _ doc: String
  ) throws(ConfigurationError) -> Int? {
    try optional(key, .integer(range), doc) { (node) throws(ConfigurationError) in try node.integer(key, in: range) }
  }

  public mutating func optionalNumber(
    _ key: String, in range: ClosedRange<Double>, _ doc: String
  ) throws(ConfigurationError) -> Double? {
    try optional(key, .number(range), doc) { (node) throws(ConfigurationError) in try node.number(key, in: range) }
  }

  public mutating func optionalText(_ key: String, _ doc: String) throws(ConfigurationError) -> String? {
    try optional(key, .text, doc) { (node) throws(ConfigurationError) in try node.text(key) }
  }

  public mutating func optionalSpan(_ key: String, _ doc: String) throws(ConfigurationError) -> Span? {
    try optional(key, .span, doc) { (node) throws(ConfigurationError) in try node.span(key) }
  }

  /// The value as a node, for a key whose values the caller parses. `kind` documents the allowed values.
  public mutating func node(
    _ key: String, _ kind: @autoclosure () -> ValueKind, _ doc: String
  ) throws(ConfigurationError) -> Node? {
    try optional(key, kind(), doc) { (node) throws(ConfigurationError) in node }
  }

  private mutating func optional<Value>(
    _ key: String, _ kind: @autoclosure () -> ValueKind, _ doc: String,
    parse: (Node) throws(ConfigurationError) -> Value?
  ) throws(ConfigurationError) -> Value? {
    try value(
      key, kind(), default: Value??.some(nil), written: nil, doc: doc,
      standIn: { () throws(ConfigurationError) in nil }, parse: parse)
  }
}

/// Reads of values that have settings of their own.
extension Fields {
  /// A mapping under `key`, whose keys `body` reads. It may be absent if all of its keys have defaults.
  public mutating func section<Value>(
    _ key: String, _ doc: String, _ body: (inout Fields) throws(ConfigurationError) -> Value
  ) throws(ConfigurationError) -> Value {
    let keyPlace = keyPlace(of: key)
    let keys = keyPlace == nil ? Configuration.declarations(body) : []
    var fallback: Value?
    if keyPlace == nil, !keys.contains(where: \.isRequired) {
      fallback = try Fields.read([], name: key, at: place, body)
    }
    return try value(
      key, .section(keys), default: fallback, written: nil, doc: doc,
      standIn: { () throws(ConfigurationError) in
        var fields = Fields.recording()
        return try body(&fields)
      },
      parse: { (node) throws(ConfigurationError) in try node.read(key, at: keyPlace ?? node.place, body) })
  }

  /// A mapping under `key` that is read as a `Value`.
  public mutating func section<Value: Configurable>(
    _ key: String, _ type: Value.Type, _ doc: String
  ) throws(ConfigurationError) -> Value {
    try section(key, doc) { (fields) throws(ConfigurationError) in try Value(reading: &fields) }
  }

  /// One of the catalogue's values: `{keyword: {settings}}` or the bare keyword.
  public mutating func oneOf<Value>(
    _ key: String, _ catalogue: Catalogue<Value>, default defaultValue: Value? = nil, _ doc: String
  ) throws(ConfigurationError) -> Value {
    try value(
      key, catalogue.kind, default: defaultValue, written: nil, doc: doc,
      standIn: { () throws(ConfigurationError) in try catalogue.standIn() },
      parse: { (node) throws(ConfigurationError) in try catalogue.read(node) })
  }
}
