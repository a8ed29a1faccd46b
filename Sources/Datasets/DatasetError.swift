public import DurableFiles
import Glibc

/// Why a data set cannot be used; the description names the thing, the place and the cure.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
  /// A path of the declaration that leads nowhere; `tried` are the places looked at.
  case missing(path: String, tried: [String])
  /// A table or folder that cannot be read; or a disk that fails.
  case file(FileError)
  /// Data that cannot be read now, but perhaps later: their disk seems not to be mounted, or access is denied.
  case unavailable(path: String, problem: String, cure: String)
  /// Data outside of the data roots.
  case outsideRoots(path: String, roots: [String])
  /// A place in a CSV file; line and column count from 1, columns in Unicode scalars.
  case table(file: String, line: Int, column: Int, problem: String, cure: String)
  /// The set as a whole, or a folder of it.
  case unusable(path: String, problem: String, cure: String)
  /// More images of a list than the job allows cannot be used.
  case tooManySkipped([SkippedImage], of: Int, share: Double)
  /// No image of a part can be used, or none of a class, which no limit allows.
  case noneUsable([SkippedImage], part: Part?, class: String?)

  public var description: String {
    switch self {
    case .missing(let path, let tried):
      let places = tried.isEmpty ? "" : " (looked at \(tried.joined(separator: ", ")))"
      return "\(path): no such file or folder\(places); correct the path in the job"
    case .file(let error):
      return error.description
    case .outsideRoots(let path, let roots):
      return
        "\(path): outside the data roots \(roots.joined(separator: ", ")); move the data there, or have the root added"
    case .table(let file, let line, let column, let problem, let cure):
      return "\(file):\(line):\(column): \(problem); \(cure)"
    case .unusable(let path, let problem, let cure), .unavailable(let path, let problem, let cure):
      return "\(path): \(problem); \(cure)"
    case .tooManySkipped(let images, let total, let share):
      return
        "\(images.count) of \(total) images cannot be used, more than the share of \(share) that data.maximumSkipped "
        + "allows; repair or remove them, or raise it:\(Self.excerpt(images[...]))"
    case .noneUsable(let skipped, let part, let name):
      let images = part.map { "\($0.adjective) images" } ?? "images"
      let cure = name == nil ? "repair them" : "repair them, or remove the class"
      // The last ones are those that emptied the class.
      return "none of the \(images)\(name.map { " of class '\(printable($0))'" } ?? "") can be used; \(cure):"
        + Self.excerpt(skipped.suffix(Self.named))
    }
  }
}

extension DatasetError {
  /// How many images a message names.
  private static let named = 5

  private static func excerpt(_ images: ArraySlice<SkippedImage>) -> String {
    images.prefix(named).map { "\n  \($0)" }.joined() + (images.count > named ? "\n  …" : "")
  }

  /// The file or folder that the error is about; nil for images that cannot be used.
  public var path: String? {
    switch self {
    case .missing(let path, _), .unavailable(let path, _, _), .outsideRoots(let path, _), .unusable(let path, _, _):
      path
    case .table(let file, _, _, _, _): file
    case .file(.system(_, let path, _)), .file(.notRegular(let path)), .file(.tooLarge(let path, _)),
      .file(.locked(let path, _)):
      path
    case .tooManySkipped, .noneUsable: nil
    }
  }

  /// All images that could not be used, if those are what is wrong.
  public var skipped: [SkippedImage] {
    switch self {
    case .tooManySkipped(let images, _, _), .noneUsable(let images, _, _): images
    default: []
    }
  }

  /// The meaning of a failed file operation. EACCES and EPERM become `.unavailable`, so that the job waits: the owner
  /// may still grant access, or a ticket of a network file system has expired, and neither makes the data bad.
  public init(_ error: FileError) {
    if case .system(let operation, let path, let code) = error, code == EACCES || code == EPERM {
      self = .unavailable(
        path: path, problem: "cannot \(operation): \(String(cString: strerror(code)))",
        cure: "check the owner and the permissions, and on a network file system the ticket")
    } else {
      self = .file(error)
    }
  }

  static let mount = "if its disk is not mounted, mount it; else correct the path"

  /// Whether the system failed, so that another attempt may succeed, or the data are wrong.
  public var kind: FailureKind {
    switch self {
    case .file(let error): error.kind
    case .unavailable: .transient
    case .missing, .outsideRoots, .table, .unusable, .tooManySkipped, .noneUsable: .permanent
    }
  }
}

/// An image that could not be used, and why.
public struct SkippedImage: Error, Equatable, Codable, CustomStringConvertible {
  /// The image's index in the list of examples of its part.
  public var index: Int
  /// The part that the image belongs to; another part may have an image of the same name. Nil if the examples are not
  /// divided into parts, and in checkpoints of earlier versions.
  public var part: Part?
  /// The image's path relative to the images folder.
  public var name: String
  public var reason: String

  public init(index: Int, part: Part? = nil, name: String, reason: String) {
    self.index = index
    self.part = part
    self.name = name
    self.reason = reason
  }

  public static func == (left: SkippedImage, right: SkippedImage) -> Bool {
    left.index == right.index && left.part == right.part && ByteText(left.name) == ByteText(right.name)
      && ByteText(left.reason) == ByteText(right.reason)
  }

  public var description: String { "\(name): \(reason)" }
}
