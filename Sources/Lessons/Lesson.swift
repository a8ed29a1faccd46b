/// An idea of the homework that `kiln explain` shows on figures that the layers themselves compute.
public protocol Lesson: Sendable {
  static var name: String { get }
  static var summary: String { get }

  /// - Throws: `LessonError.arguments` when it cannot take the arguments.
  init(_ arguments: [String]) throws

  /// What is shown: figures that the layers compute now.
  /// - Throws: what the layers throw that cannot be built, which is a bug of Kiln's.
  func text() throws -> String
  /// An SVG document, by lessons that have a picture.
  var svg: String? { get }
}

extension Lesson {
  public var svg: String? { nil }
}

/// Why a lesson cannot be given.
public enum LessonError: Error, Equatable, CustomStringConvertible {
  /// The words after the lesson's name are not what it takes; the text says what is.
  case arguments(String)

  public var description: String {
    switch self {
    case .arguments(let text): text
    }
  }
}

/// A lesson in the list of all.
public struct LessonEntry: Sendable {
  public let name: String
  public let summary: String
  public let make: @Sendable ([String]) throws -> any Lesson

  init<Topic: Lesson>(_ topic: Topic.Type) {
    name = Topic.name
    summary = Topic.summary
    make = { try Topic($0) }
  }
}

/// Every lesson: its file, and a line here.
public let lessons: [LessonEntry] = [
  LessonEntry(Conv1dTopic.self), LessonEntry(PoolingTopic.self), LessonEntry(BatchNormTopic.self),
  LessonEntry(ScheduleTopic.self), LessonEntry(OptimizerTopic.self),
]

/// Numbers as a person would write them on paper.
func paper(_ value: Double) -> String {
  let rounded = (value * 1e6).rounded() / 1e6
  return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
}
