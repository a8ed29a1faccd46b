/// What a key of a mapping may hold. Reads, error messages, documentation and the JSON Schema all follow this
/// declaration.
public struct KeyDeclaration: Sendable, Equatable {
  public let key: String
  public let kind: ValueKind
  /// The default as it is written in a document; nil for a required key, and for an optional one without a default.
  public let defaultValue: String?
  public let isRequired: Bool
  public let doc: String
  /// A key that may stand in place of this one, where this one is required.
  public internal(set) var substitute: String?
}

/// A keyword of a catalogue with its settings.
public struct KeywordDeclaration: Sendable, Equatable {
  public let keyword: String
  public let summary: String
  public let keys: [KeyDeclaration]

  /// Whether the bare keyword is enough, because no setting is required.
  public var standsAlone: Bool { !keys.contains(where: \.isRequired) }
}

/// The kinds of values. The description completes the sentence "it must be …".
public indirect enum ValueKind: Sendable, Equatable {
  case integer(ClosedRange<Int>)
  case number(ClosedRange<Double>)
  case boolean
  case text
  case choice([String])
  case pair(ClosedRange<Int>)
  case span
  case section([KeyDeclaration])
  /// One of a catalogue's keywords, called `noun`, with its settings.
  case oneOf(noun: String, [KeywordDeclaration])
  case list(ValueKind)
  case anyOf([ValueKind])
}

extension ValueKind: CustomStringConvertible {
  public var description: String {
    switch self {
    case .integer(let range): "a whole number" + Self.bounds(range, min: Int.min, max: Int.max)
    case .number(let range): "a number" + Self.bounds(range)
    case .boolean: "true or false"
    case .text: "a text"
    case .choice(let words): words.count == 1 ? "`\(words[0])`" : "one of " + words.joined(separator: ", ")
    case .pair(let range): "a whole number\(Self.bounds(range, min: Int.min, max: Int.max)), or [height, width]"
    case .span: "a duration as `5 epochs` or `200 steps`"
    case .section: "a mapping"
    case .oneOf(let noun, _): "one \(noun)"
    case .list(let kind): "a list, each \(kind)"
    case .anyOf(let kinds): kinds.map(\.description).joined(separator: ", or ")
    }
  }

  private static func bounds(_ range: ClosedRange<Int>, min: Int, max: Int) -> String {
    switch (range.lowerBound == min, range.upperBound == max) {
    case (true, true): ""
    case (false, true): ", at least \(range.lowerBound)"
    case (true, false): ", at most \(range.upperBound)"
    case (false, false): " from \(range.lowerBound) to \(range.upperBound)"
    }
  }

  private static func bounds(_ range: ClosedRange<Double>) -> String {
    let largest = Double.greatestFiniteMagnitude
    let from = range.isAboveZero ? "greater than 0" : "at least \(range.lowerBound.written)"
    switch (range.lowerBound <= -largest, range.upperBound >= largest) {
    case (true, true): return ""
    case (false, true): return " \(from)"
    case (true, false): return " at most \(range.upperBound.written)"
    case (false, false) where range.isAboveZero: return " \(from) and at most \(range.upperBound.written)"
    case (false, false): return " from \(range.lowerBound.written) to \(range.upperBound.written)"
    }
  }

  /// A value of this kind, for the message about a missing key.
  public var example: String {
    switch self {
    case .integer(let range): String(min(max(10, range.lowerBound), range.upperBound))
    case .pair(let range): String(min(max(3, range.lowerBound), range.upperBound))
    case .number(let range): min(max(0.1, range.lowerBound), range.upperBound).written
    case .boolean: "true"
    case .text: "…"
    case .choice(let words): words.first ?? "…"
    case .span: "1 epoch"
    case .section(let keys): "{" + keys.filter(\.isRequired).map(\.example).joined(separator: ", ") + "}"
    case .oneOf(_, let keywords): keywords.first?.example ?? "…"
    case .list(let kind): "[\(kind.example)]"
    case .anyOf(let kinds): kinds.first?.example ?? "…"
    }
  }
}

extension KeyDeclaration {
  public var example: String { "\(key): \(kind.example)" }
}

extension KeywordDeclaration {
  fileprivate var example: String {
    standsAlone ? keyword : "{\(keyword): \(ValueKind.section(keys).example)}"
  }
}

extension Double {
  /// As one would write it: `1`, `0.5`, `0.0001`.
  var written: String {
    Int(exactly: self).map(String.init) ?? String(self)
  }
}

extension ClosedRange<Double> {
  /// Whether the range means "greater than 0". A closed range cannot leave out 0, so a lower bound of the least
  /// positive number (`leastNonzeroMagnitude` or `leastNormalMagnitude`) stands for an open one.
  var isAboveZero: Bool { lowerBound > 0 && lowerBound <= .leastNormalMagnitude }
}
