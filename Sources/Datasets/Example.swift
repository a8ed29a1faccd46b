import DurableFiles

/// One image of a data set and what the network should answer for it.
public struct Example: Sendable, Equatable {
  /// The folder that the image belongs to: an absolute path without links.
  public var folder: String
  /// Path relative to the folder. It names the image wherever the folder lies.
  public var name: String
  /// A class index; with two classes, the probability of class 1 (a soft label).
  public var target: Float
  /// Weight in the loss; positive.
  public var weight: Float

  /// The file to open.
  public var path: String { "\(folder)/\(name)" }

  public init(folder: String, name: String, target: Float, weight: Float = 1) {
    self.folder = folder
    self.name = name
    self.target = target
    self.weight = weight
  }

  public static func == (left: Example, right: Example) -> Bool {
    ByteText(left.folder) == ByteText(right.folder) && ByteText(left.name) == ByteText(right.name)
      && left.target == right.target && left.weight == right.weight
  }
}

/// What an example is used for.
public enum Part: String, Sendable, CaseIterable, Codable {
  case training = "train"
  case validation
  case test

  /// As in "the training images".
  var adjective: String { self == .training ? "training" : rawValue }
}
