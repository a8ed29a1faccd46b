import DurableFiles
import Images
import Workers

/// A folder per class: the images beneath `root/cats` are of class `cats`, however deep they lie.
///
/// Hidden entries, and files without the suffix of an image (.png, .jpg, .jpeg, .jpe, .jfif, in any case), are passed
/// over. A link is followed if it stays inside the root, and refused if it leaves it: silently dropping images would
/// change the set.
struct ImageFolder {
  private let root: String
  private let heartbeat: Heartbeat
  /// The folders walked so far, by resolved path. To meet one of them again, through a link, is an error.
  private var walked: [ByteText: String] = [:]
  private var images: [LabelledImage] = []

  /// - Parameters:
  ///   - root: resolved.
  ///   - heartbeat: ticks with each entry.
  static func read(_ root: String, _ heartbeat: Heartbeat) throws(DatasetError) -> [LabelledImage] {
    var reader = ImageFolder(root: root, heartbeat)
    for entry in try visibleEntries(of: root) where try reader.isFolder(entry, name: entry.name) {
      let before = reader.images.count
      try reader.walk(entry.name, label: entry.name)
      guard reader.images.count > before else {
        throw .unusable(
          path: "\(root)/\(entry.name)", problem: "a class without images (\(Self.shownSuffixes))",
          cure: "add some, or remove the folder")
      }
    }
    guard !reader.images.isEmpty else {
      if try isEmptyFolder(root) {
        throw .unavailable(path: root, problem: "no class folders, for it is empty", cure: DatasetError.mount)
      }
      throw .unusable(
        path: root, problem: "no class folders",
        cure: "make one folder a class, or give labels: a CSV file path,label")
    }
    return reader.images
  }

  private init(root: String, _ heartbeat: Heartbeat) {
    self.root = root
    self.heartbeat = heartbeat
  }

  private mutating func walk(_ folder: String, label: String) throws(DatasetError) {
    let resolved = try resolvedPath("\(root)/\(folder)") ?? "\(root)/\(folder)"
    if isBeneath(root, resolved) {
      throw .unusable(path: "\(root)/\(folder)", problem: "a link to a folder that holds it", cure: "remove the link")
    }
    if let first = walked.updateValue(folder, forKey: ByteText(resolved)) {
      throw .unusable(
        path: root, problem: "\(first) and \(folder) are the same folder", cure: "remove the link: an image counts once"
      )
    }
    for entry in try visibleEntries(of: "\(root)/\(folder)") {
      heartbeat.tick()
      let name = "\(folder)/\(entry.name)"
      if try isFolder(entry, name: name) {
        try walk(name, label: label)
      } else if entry.kind != .other, isImageName(entry.name) {
        images.append(LabelledImage(folder: root, name: name, label: label))
      }
    }
  }

  private func isFolder(_ entry: FolderEntry, name: String) throws(DatasetError) -> Bool {
    guard entry.kind == .link else { return entry.kind == .directory }
    // A link that leads nowhere counts as a file: with an image's suffix it is listed, and skipped when it is decoded.
    guard let target = try resolvedPath("\(root)/\(name)") else { return false }
    guard isBeneath(target, root) else {
      throw .unusable(
        path: "\(root)/\(name)", problem: "a link that leaves the images folder",
        cure: "copy the file, or let images name a folder that holds both")
    }
    return try Datasets.isFolder(target)
  }

  private static let shownSuffixes =
    imageSuffixes.dropLast().joined(separator: ", ") + " or " + (imageSuffixes.last ?? "")
}
