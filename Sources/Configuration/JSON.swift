/// A JSON value whose objects keep the order of their keys, so that generated files read well and compare well.
public enum JSON: Sendable, Equatable {
  /// A number or another literal, written as it is.
  case literal(String)
  case string(String)
  case array([JSON])
  case object([(key: String, value: JSON)])

  public static func == (left: JSON, right: JSON) -> Bool { left.line == right.line }

  /// Everything on one line.
  public var line: String {
    switch self {
    case .literal(let text): text
    case .string(let text): Self.quoted(text)
    case .array(let values): "[" + values.map(\.line).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { "\(Self.quoted($0.key)): \($0.value.line)" }.joined(separator: ", ") + "}"
    }
  }

  /// Indented by two blanks a level. A value that fits into 100 columns stays on one line.
  public func indented(by indentation: String = "") -> String {
    guard line.count > 100 - indentation.count else { return line }
    let inner = indentation + "  "
    switch self {
    case .literal, .string: return line
    case .array(let values):
      return "[\n" + values.map { inner + $0.indented(by: inner) }.joined(separator: ",\n") + "\n\(indentation)]"
    case .object(let members):
      let lines = members.map { "\(inner)\(Self.quoted($0.key)): \($0.value.indented(by: inner))" }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(indentation)}"
    }
  }

  /// RFC 8259, section 7: quotation marks, backslashes and control characters are escaped.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
  public init(stringLiteral text: String) { self = .string(text) }
  public init(booleanLiteral value: Bool) { self = .literal(value ? "true" : "false") }
  public init(integerLiteral value: Int) { self = .literal(String(value)) }
}

extension JSON: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  public init(arrayLiteral values: JSON...) { self = .array(values) }
  public init(dictionaryLiteral members: (String, JSON)...) {
    self = .object(members.map { (key: $0.0, value: $0.1) })
  }
}
