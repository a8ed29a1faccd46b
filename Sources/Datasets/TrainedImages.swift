import DurableFiles
import Glibc
import Images

/// The images that a network has learnt from. Another image is one of them if it lies at the same path, without links, or
/// if it is a copy: a file of the same bytes.
///
/// Only files of the same size are read to be compared.
public struct TrainedImages {
  private let paths: Set<ByteText>
  /// The paths by the sizes of their files.
  private let bySize: [Int: [ByteText]]
  private var digests: [ByteText: Digest] = [:]

  /// - Throws: `.file` or `.unavailable` if a place cannot be looked at now. An image that is not there any more has no
  ///   copies.
  public init(_ examples: [Example]) throws(DatasetError) {
    var paths: Set<ByteText> = []
    var bySize: [Int: [ByteText]] = [:]
    for example in examples {
      guard let path = try resolvedPath(example.path) else { continue }
      paths.insert(ByteText(path))
      if let size = try Self.size(of: path) { bySize[size, default: []].append(ByteText(path)) }
    }
    self.paths = paths
    self.bySize = bySize
  }

  /// - Throws: `.file` or `.unavailable` if a file cannot be looked at now.
  public mutating func contains(_ example: Example) throws(DatasetError) -> Bool {
    guard let path = try resolvedPath(example.path) else { return false }
    if paths.contains(ByteText(path)) { return true }
    guard let size = try Self.size(of: path), let rivals = bySize[size] else { return false }
    guard let own = try Self.digest(of: path) else { return false }
    for rival in rivals where try digest(of: rival) == own { return true }
    return false
  }

  private mutating func digest(of path: ByteText) throws(DatasetError) -> Digest? {
    if let known = digests[path] { return known }
    let digest = try Self.digest(of: path.text)
    digests[path] = digest
    return digest
  }

  /// Nil for what is no file of a size that is ever decoded.
  private static func size(of path: String) throws(DatasetError) -> Int? {
    let found: FileFacts?
    do { found = try facts(at: path) } catch { throw DatasetError(error) }
    guard let found, found.kind == .regular, found.size <= DecodeLimits.standard.fileBytes else { return nil }
    return found.size
  }

  /// Nil if the file is gone or is no longer one that is ever decoded.
  private static func digest(of path: String) throws(DatasetError) -> Digest? {
    do {
      return Digest(of: try readFile(path, limit: DecodeLimits.standard.fileBytes))
    } catch {
      switch error {
      case .notRegular, .tooLarge, .system(_, _, ENOENT), .system(_, _, ENOTDIR): return nil
      default: throw DatasetError(error)
      }
    }
  }
}
