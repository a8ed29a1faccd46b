/// What somebody asks of a job: the commands of `kiln`, and files in `requests/`.
public enum Request: Sendable, Hashable {
  case cancel, hold, release, retry
  /// A new priority, 0 to 100.
  case reprioritize(Int)

  public static let priorities = 0...100
}

/// The word that stands in a file's name in `requests/`: `000042-solar-cells.cancel`, `000042-solar-cells.priority-70`.
extension Request: RawRepresentable {
  private static let priorityWord = "priority-"

  public init?(rawValue: String) {
    switch rawValue {
    case "cancel": self = .cancel
    case "hold": self = .hold
    case "release": self = .release
    case "retry": self = .retry
    default:
      guard rawValue.hasPrefix(Self.priorityWord),
        let priority = Int(rawValue.dropFirst(Self.priorityWord.count)), Self.priorities.contains(priority)
      else { return nil }
      self = .reprioritize(priority)
    }
  }

  public var rawValue: String {
    switch self {
    case .cancel: "cancel"
    case .hold: "hold"
    case .release: "release"
    case .retry: "retry"
    case .reprioritize(let priority): "\(Self.priorityWord)\(priority)"
    }
  }
}
