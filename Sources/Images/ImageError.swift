public import DurableFiles
import Glibc

/// Why a file gave no image. The path is not repeated here: who asked knows it.
public enum ImageError: Error, Equatable, CustomStringConvertible {
  /// It could not be read now, which says nothing about the file: the disk failed, or memory or descriptors ran out.
  case failed(FileError)
  case missing
  case unreadable(reason: String)
  /// The file ends before its image does.
  case truncated(reason: String)
  case corrupt(reason: String)
  /// Not an image that Kiln decodes, or a rare kind of one.
  case unsupported(reason: String)
  /// The file or its image exceeds the limits, or memory.
  case tooLarge(reason: String)

  public var description: String {
    switch self {
    case .failed(let error): error.description
    case .missing: "no such file"
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .truncated(let reason): "is cut short: \(reason); copy the file again"
    case .corrupt(let reason): "is damaged: \(reason); copy the file again"
    case .unsupported(let reason): "is not supported: \(reason)"
    case .tooLarge(let reason): "is too large: \(reason)"
    }
  }

  init(_ error: FileError) {
    self =
      switch error {
      case _ where error.mayPass: .failed(error)
      case .system(_, _, ENOENT), .system(_, _, ENOTDIR): .missing
      case .system(let operation, _, let code): .unreadable(reason: "\(operation): \(String(cString: strerror(code)))")
      case .tooLarge(_, let limit): .tooLarge(reason: "more than \(limit) bytes")
      case .notRegular, .locked: .unreadable(reason: "not a regular file")
      }
  }
}
