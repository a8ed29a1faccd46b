/// As much of JSON as a safetensors header has: text, whole numbers, lists and objects.
///
/// Our own, because the same value must always be written as the same bytes.
enum HeaderValue: Equatable {
  case text(String)
  case whole(Int)
  case list([HeaderValue])
  case object([Member])

  struct Member: Equatable {
    let name: String
    let value: HeaderValue
  }

  /// The value without spaces, members in their order.
  var json: String {
    switch self {
    case .text(let text): Self.quoted(text)
    case .whole(let number): String(number)
    case .list(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { Self.quoted($0.name) + ":" + $0.value.json }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        result += "\\\(scalar)"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default:
        result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
