import DurableFiles
import Images

/// The image files in a folder, however deep they lie and whatever the folders are called: for images that have no class yet.
///
/// What is passed over is what a set of class folders passes over too: hidden entries, what systems and tools keep, and
/// files whose names do not end as an image's do. Links are followed.
public struct ImageFiles: Sendable {
  /// Relative to the folder, in the order of their bytes.
  public private(set) var names: [String] = []
  public private(set) var passedOver: [PassedOver] = []
  private let tree: ClassTree
  private var walked: Set<ByteText> = []

  /// - Throws: `.missing`; `.file` if a folder cannot be listed; `.unusable` at a name that is not UTF-8, and at a folder
  ///   that is met a second time through a link.
  public init(beneath folder: String) throws(DatasetError) {
    guard let root = try resolvedPath(folder) else { throw .missing(path: folder, tried: []) }
    tree = ClassTree(root: root, access: .everywhere)
    try walk("")
    names.sort { ByteText($0) < ByteText($1) }
  }

  /// - Parameter prefix: empty, or a path with a slash behind it.
  private mutating func walk(_ prefix: String) throws(DatasetError) {
    let path = "\(tree.root)/\(prefix)"
    guard walked.insert(ByteText(try resolvedPath(path) ?? path)).inserted else {
      throw .unusable(
        path: path, problem: "a link to a folder whose images are listed already", cure: "remove the link")
    }
    for entry in try tree.entries(of: prefix) {
      let name = prefix + entry.name
      if let reason = try tree.reason(toPassOver: entry, name, amongFolders: false) {
        passedOver.append(PassedOver(folder: tree.root, path: name, reason: reason))
      } else if try tree.isFolder(entry, name: name) {
        try walk("\(name)/")
      } else {
        names.append(name)
      }
    }
  }
}
