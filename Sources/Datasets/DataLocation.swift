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
  /// - Parameter folder: for a path that is relative to a folder of the data: the only place that is looked in.
  /// - Returns: the path without links.
  /// - Throws: `.missing`, `.outsideRoots`; `.file` or `.unavailable` if a place cannot be looked at now. Later places
  ///   are not tried then, because they might hold other data.
  public func find(_ path: String, in folder: String? = nil) throws(DatasetError) -> String {
    let candidates = ByteText(path).isAbsolutePath ? [path] : startingPoints(folder).map { "\($0)/\(path)" }
    for candidate in candidates {
      guard let found = try resolvedPath(candidate) else { continue }
      guard try isAllowed(found) else { throw .outsideRoots(path: found, roots: roots) }
      return found
    }
    try requireMounts(for: path, folder.map { [$0] } ?? roots)
    throw .missing(path: path, tried: ByteText(path).isAbsolutePath ? [] : candidates)
  }

  /// Where links in the data may lead.
  public func access() throws(DatasetError) -> DataAccess {
    var resolved: [String] = []
    for root in roots { if let root = try resolvedPath(root) { resolved.append(root) } }
    return roots.isEmpty ? .everywhere : DataAccess(roots: resolved)
  }

  private func startingPoints(_ folder: String?) -> [String] {
    folder.map { [$0] } ?? (base.map { [$0] } ?? []) + roots
  }

  private func isAllowed(_ found: String) throws(DatasetError) -> Bool {
    if roots.isEmpty { return true }
    for root in roots {
      if let root = try resolvedPath(root), try holds(root, found) { return true }
    }
    return false
  }

  /// Whether `found` lies beneath `root`. Compares the paths, and then has the kernel walk there without following
  /// links: a folder on the way may have become a link since it was resolved.
  private func holds(_ root: String, _ found: String) throws(DatasetError) -> Bool {
    guard isBeneath(found, root) else { return false }
    let rest = found.utf8.dropFirst(root.utf8.count).drop { $0 == UInt8(ascii: "/") }
    do { return try stands(String(Substring(rest)), beneath: root) } catch { throw DatasetError(error) }
  }

  /// Throws `.unavailable` if one of the folders is missing or empty, as the mount point of a disk that is not mounted
  /// is. The job then waits instead of failing, because its path may be right.
  private func requireMounts(for path: String, _ folders: [String]) throws(DatasetError) {
    for folder in folders {
      let resolved = try resolvedPath(folder)
      guard let resolved, try isFolder(resolved) else {
        throw .unavailable(
          path: folder, problem: "no such folder, where \(path) was looked for", cure: DatasetError.mount)
      }
      if try isEmptyFolder(resolved) {
        throw .unavailable(
          path: folder, problem: "an empty folder, where \(path) was looked for", cure: DatasetError.mount)
      }
    }
  }
}

/// The folders that a link in the data may lead into.
public struct DataAccess: Sendable, Equatable {
  /// Resolved; nil for every folder.
  private let roots: [String]?

  public static let everywhere = DataAccess(roots: nil)
  /// Links may lead nowhere but to where they lie.
  public static let none = DataAccess(roots: [])

  init(roots: [String]?) { self.roots = roots }

  /// - Parameter path: resolved.
  func allows(_ path: String) -> Bool { roots?.contains { isBeneath(path, $0) } ?? true }
}
