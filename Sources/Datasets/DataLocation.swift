import DurableFiles

/// Where a job's data may be looked for.
public struct DataLocation: Sendable, Equatable {
  /// The folder of the job file, which relative paths start from; nil if the job has none.
  public var base: String?
  /// The folders that data must lie in; empty allows every folder. Relative paths are looked up here after `base`.
  public var roots: [String]

  public init(base: String?, roots: [String] = []) {
    self.base = base
    self.roots = roots
  }

  /// Finds a path of the declaration.
  ///
  /// - Parameter folder: looked in first, and not beyond, when the path is relative to a folder of the data.
  /// - Returns: the path without links.
  /// - Throws: `.missing`, `.outsideRoots`.
  public func find(_ path: String, in folder: String? = nil) throws(DatasetError) -> String {
    let candidates: [String]
    if path.hasPrefix("/") {
      candidates = [path]
    } else {
      candidates = (folder.map { [$0] } ?? (base.map { [$0] } ?? []) + roots).map { "\($0)/\(path)" }
    }
    guard let found = candidates.lazy.compactMap(resolvedPath).first else {
      throw .missing(path: path, tried: path.hasPrefix("/") ? [] : candidates)
    }
    guard roots.isEmpty || roots.compactMap(resolvedPath).contains(where: { holds($0, found) }) else {
      throw .outsideRoots(path: found, roots: roots)
    }
    return found
  }

  /// Compares the names, and then has the kernel walk there: a folder on the way may be a link by now.
  private func holds(_ root: String, _ found: String) -> Bool {
    guard isBeneath(found, root) else { return false }
    let rest = found.utf8.dropFirst(root.utf8.count).drop { $0 == UInt8(ascii: "/") }
    return stands(String(Substring(rest)), beneath: root)
  }
}
