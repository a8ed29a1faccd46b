/// A stretch of training: `5 epochs` or `200 steps`.
public enum Span: Codable, Sendable, Hashable, CustomStringConvertible {
  case epochs(Int)
  case steps(Int)

  /// Reads `5 epochs`, `1 epoch`, `200 steps`, `1 step`; nil for anything else.
  public init?(_ text: String) {
    let words = text.split(separator: " ")
    guard words.count == 2, words[0].allSatisfy(\.isASCII), let count = Int(words[0]), !words[0].hasPrefix("+") else {
      return nil
    }
    switch words[1] {
    case "epoch", "epochs": self = .epochs(count)
    case "step", "steps": self = .steps(count)
    default: return nil
    }
  }

  public var count: Int {
    switch self {
    case .epochs(let count), .steps(let count): count
    }
  }

  /// As it is written in a document.
  public var description: String {
    switch self {
    case .epochs(let count): count == 1 ? "1 epoch" : "\(count) epochs"
    case .steps(let count): count == 1 ? "1 step" : "\(count) steps"
    }
  }
}
