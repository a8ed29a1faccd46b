/// Typed reads of a value. `name` is the value's key, for the message. Each read throws an error that names the key,
/// what was expected and what was found.
extension Node {
  /// Decimal digits with an optional sign, as `10`.
  public func integer(_ name: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
    guard case .scalar(let text, isPlain: true) = content, text.isDecimalInteger else {
      throw mismatch(name, .integer(range), hint: numberHint)
    }
    guard let value = Int(text), range.contains(value) else { throw mismatch(name, .integer(range)) }
    return value
  }

  /// A decimal number, as `10`, `0.5`, `.5`, `1e-4`; rounded to the nearest `Double`.
  public func number(_ name: String, in range: ClosedRange<Double>) throws(ConfigurationError) -> Double {
    guard case .scalar(let text, isPlain: true) = content, text.isDecimalNumber, let value = Double(text) else {
      throw mismatch(name, .number(range), hint: numberHint)
    }
    guard value.isFinite, range.contains(value) else { throw mismatch(name, .number(range)) }
    return value
  }

  /// `true` or `false`.
  public func boolean(_ name: String) throws(ConfigurationError) -> Bool {
    guard case .scalar(let text, isPlain: true) = content else { throw mismatch(name, .boolean) }
    switch text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    case _ where ["yes", "on", "y"].contains(text.lowercased()): throw mismatch(name, .boolean, hint: "write true")
    case _ where ["no", "off", "n"].contains(text.lowercased()): throw mismatch(name, .boolean, hint: "write false")
    default: throw mismatch(name, .boolean)
    }
  }

  /// Any scalar of one line that is not empty.
  public func text(_ name: String) throws(ConfigurationError) -> String {
    guard let scalar, !isNull, !scalar.isEmpty else { throw mismatch(name, .text) }
    // A quoted text may contain control characters as escapes. No path and no name should contain any.
    guard !scalar.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      throw error("`\(name)` must be one line of text without control characters")
    }
    return scalar
  }

  /// One of `words`.
  public func choice(_ name: String, of words: [String]) throws(ConfigurationError) -> String {
    guard let scalar, words.contains(scalar) else {
      throw mismatch(name, .choice(words), hint: scalar.flatMap { suggestion(for: $0, among: words) })
    }
    return scalar
  }

  /// A number for both axes, or `[height, width]`.
  public func pair(_ name: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Pair {
    guard let elements else {
      guard case .scalar(let text, isPlain: true) = content, text.isDecimalInteger, let value = Int(text),
        range.contains(value)
      else { throw mismatch(name, .pair(range), hint: numberHint) }
      return Pair(value)
    }
    guard elements.count == 2 else {
      throw mismatch(name, .pair(range), hint: "write one number for both, or [height, width]")
    }
    return Pair(
      height: try elements[0].integer("\(name) height", in: range),
      width: try elements[1].integer("\(name) width", in: range))
  }

  /// `5 epochs` or `200 steps`; from 1 to 10^9, so that the number of steps fits into an Int for any data set.
  public func span(_ name: String) throws(ConfigurationError) -> Span {
    guard case .scalar(let text, _) = content, let value = Span(text), (1...1_000_000_000).contains(value.count) else {
      let isNumber = scalar?.isDecimalInteger ?? false
      throw mismatch(
        name, .span, hint: isNumber ? "say of what: `\(scalar ?? "") epochs` or `\(scalar ?? "") steps`" : nil)
    }
    return value
  }

  /// An error that says what `name` must be, and what it is. Pass `.anyOf` for a value that may be of several kinds.
  public func mismatch(_ name: String, _ kind: ValueKind, hint: String? = nil) -> ConfigurationError {
    error("`\(name)` must be \(kind), but is \(found)", hint: hint)
  }

  /// A hint for a value that is almost a number, such as one in quotes.
  private var numberHint: String? {
    guard case .scalar(let text, let isPlain) = content else { return nil }
    if !isPlain { return text.isDecimalNumber ? "remove the quotes: \(text)" : nil }
    let digits = text.filter { $0 != "_" && $0 != "," }
    if digits != text, digits.isDecimalNumber { return "write the number without separators" }
    if text.isDecimalNumber, let value = Double(text), let whole = Int(exactly: value) { return "write \(whole)" }
    if text.hasPrefix("0x") || text.hasPrefix("0o") { return "write the number in decimal" }
    return nil
  }
}

func suggestion(for word: String, among words: [String]) -> String? {
  closest(to: word, among: words).map { "did you mean `\($0)`?" }
}

extension String {
  /// YAML 1.2's `[-+]?[0-9]+`, and without leading zeros, which some readers take for octal.
  fileprivate var isDecimalInteger: Bool {
    let digits = first == "-" || first == "+" ? dropFirst() : self[...]
    return !digits.isEmpty && digits.utf8.allSatisfy(\.isDigit) && (digits.utf8.count == 1 || digits.first != "0")
  }

  /// YAML 1.2's `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`.
  fileprivate var isDecimalNumber: Bool {
    (try? /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/.wholeMatch(in: self)) != nil
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
