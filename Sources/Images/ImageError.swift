public import DurableFiles
import Glibc

/// Why a file gave no image. The path is not repeated here: who asked knows it.
public enum ImageError: Error, Equatable, CustomStringConvertible {
  /// It could not be read, which says nothing about the image: the disk failed, descriptors ran out, or somebody may not
  /// open the file, which on a network file system may be a ticket that has expired.
  case failed(FileError)
  /// There was no memory to decode it in, which says nothing about the image either; so many bytes, if that is known.
  case noMemory(bytes: Int?)
  case missing
  case unreadable(reason: String)
  /// The file ends before its image does.
  case truncated(reason: String)
  case corrupt(reason: String)
  /// A file of another kind: no image, or one of a format that Kiln does not decode.
  case otherKind(ContentKind)
  /// Of no kind that is known, or a rare kind of PNG or JPEG.
  case unsupported(reason: String)
  /// The file or its image exceeds the limits.
  case tooLarge(reason: String)

  public var description: String {
    switch self {
    case .failed(let error): error.description
    case .noMemory(let bytes):
      "no memory to decode it\(bytes.map { " (\($0) bytes)" } ?? ""); allow more, or use fewer threads"
    case .missing: "no such file"
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .truncated(let reason): "is cut short: \(reason); copy the file again"
    case .corrupt(let reason): "is damaged: \(reason); copy the file again"
    case .otherKind(let kind): "is \(kind.name); \(kind.cure)"
    case .unsupported(let reason): "is not supported: \(reason)"
    case .tooLarge(let reason): "is too large: \(reason)"
    }
  }

  public init(_ error: FileError) {
    self =
      switch error {
      case _ where error.kind != .permanent: .failed(error)
      case .system(_, _, EACCES), .system(_, _, EPERM): .failed(error)
      case .system(_, _, ENOENT), .system(_, _, ENOTDIR): .missing
      case .system(let operation, _, let code): .unreadable(reason: "\(operation): \(String(cString: strerror(code)))")
      case .tooLarge(_, let limit): .tooLarge(reason: "more than \(limit) bytes")
      case .notRegular, .locked: .unreadable(reason: "not a regular file")
      }
  }
}
