import DurableFiles
import Images
import Workers

/// What a folder of images or a table holds.
struct Listing {
  var images: [LabelledImage] = []
  var passedOver: [PassedOver] = []
}

/// A folder per class: the images beneath `root/cats` are of class `cats`, however deep they lie. With `split: folders`,
/// folders of parts lie above those of classes, or in them.
///
/// Hidden entries, what systems and tools keep, and files without the suffix of an image (.png, .jpg, .jpeg, .jpe, .jfif,
/// in any case), are passed over, and listed as such. A link is followed if it leads to where data may lie, and refused if
/// it does not: silently dropping images would change the set.
struct ImageFolder {
  private let tree: ClassTree
  private let heartbeat: Heartbeat
  /// The folders walked so far, by resolved path. To meet one of them again, through a link, is an error.
  private var walked: [ByteText: String] = [:]
  private var listing = Listing()

  /// - Parameters:
  ///   - root: resolved.
  ///   - split: what the job says about folders that are called as parts are.
  ///   - heartbeat: ticks with each entry.
  static func read(
    _ root: String, _ split: DataDeclaration.Split?, within access: DataAccess, _ heartbeat: Heartbeat
  ) throws(DatasetError) -> Listing {
    var reader = ImageFolder(ClassTree(root: root, access: access), heartbeat)
    switch try reader.tree.layout(split) {
    case .classes: try reader.walkClasses(in: "", part: nil)
    case .partsOverClasses:
      try reader.walkParts(in: "") { (folder, part, reader) throws(DatasetError) in
        try reader.walkClasses(in: "\(folder)/", part: part)
      }
    case .partsInClasses:
      for label in try reader.tree.folders(in: "") {
        try reader.walkParts(in: "\(label)/") { (folder, part, reader) throws(DatasetError) in
          try reader.walk(folder, label: label, part: part)
        }
      }
    }
    guard !reader.listing.images.isEmpty else {
      if try isEmptyFolder(root) {
        throw .unavailable(path: root, problem: "no class folders, for it is empty", cure: DatasetError.mount)
      }
      throw .unusable(
        path: root, problem: "no class folders", cure: "make one folder a class, or give labels: a table path,label")
    }
    return reader.listing
  }

  private init(_ tree: ClassTree, _ heartbeat: Heartbeat) {
    self.tree = tree
    self.heartbeat = heartbeat
  }

  /// - Parameter prefix: of the names in the folder: empty, or a path with a slash behind it.
  private mutating func walkClasses(in prefix: String, part: Part?) throws(DatasetError) {
    for entry in try tree.entries(of: prefix) {
      let name = prefix + entry.name
      guard try !passesOver(entry, name), try tree.isFolder(entry, name: name) else { continue }
      let (before, others) = (listing.images.count, listing.passedOver.count)
      try walk(name, label: entry.name, part: part)
      guard listing.images.count == before else { continue }
      guard part ?? .training != .training else { throw emptyClass(name, listing.passedOver[others...]) }
      listing.passedOver.append(PassedOver(folder: tree.root, path: name, reason: .empty))
    }
  }

  private mutating func walkParts(
    in prefix: String, _ walkPart: (String, Part, inout ImageFolder) throws(DatasetError) -> Void
  ) throws(DatasetError) {
    for entry in try tree.entries(of: prefix) {
      let name = prefix + entry.name
      guard try !passesOver(entry, name), try tree.isFolder(entry, name: name) else { continue }
      guard let part = PartName.part(of: entry.name) else {
        throw .unusable(
          path: "\(tree.root)/\(name)", problem: "a folder beside those of the parts, which is called as none",
          cure: "move it away, or call it train, val or test")
      }
      try walkPart(name, part, &self)
    }
  }

  /// Notes an entry of a folder that holds folders of classes or parts, if it is no such folder.
  private mutating func passesOver(_ entry: FolderEntry, _ name: String) throws(DatasetError) -> Bool {
    heartbeat.tick()
    guard let reason = try tree.reason(toPassOver: entry, name, amongFolders: true) else { return false }
    listing.passedOver.append(PassedOver(folder: tree.root, path: name, reason: reason))
    return true
  }

  /// Takes all images of a folder, however deep they lie.
  private mutating func walk(_ folder: String, label: String, part: Part?) throws(DatasetError) {
    try enter(folder)
    for entry in try tree.entries(of: "\(folder)/") {
      heartbeat.tick()
      let name = "\(folder)/\(entry.name)"
      if let reason = try tree.reason(toPassOver: entry, name, amongFolders: false) {
        listing.passedOver.append(PassedOver(folder: tree.root, path: name, reason: reason))
      } else if try tree.isFolder(entry, name: name) {
        try walk(name, label: label, part: part)
      } else {
        listing.images.append(LabelledImage(folder: tree.root, name: name, label: label, part: part))
      }
    }
  }

  private mutating func enter(_ folder: String) throws(DatasetError) {
    let path = "\(tree.root)/\(folder)"
    let resolved = try resolvedPath(path) ?? path
    if isBeneath(tree.root, resolved) {
      throw .unusable(path: path, problem: "a link to a folder that holds it", cure: "remove the link")
    }
    if let first = walked.updateValue(folder, forKey: ByteText(resolved)) {
      throw .unusable(
        path: tree.root, problem: "\(first) and \(folder) are the same folder",
        cure: "remove the link: an image counts once")
    }
  }

  private func emptyClass(_ name: String, _ others: ArraySlice<PassedOver>) -> DatasetError {
    let held = others.isEmpty ? "" : "; it holds \(DataAccount.list(others.map(\.reason)))"
    return .unusable(
      path: "\(tree.root)/\(name)", problem: "a class without images (\(Self.shownSuffixes))\(held)",
      cure: "add some, or remove the folder")
  }

  private static let shownSuffixes =
    imageSuffixes.dropLast().joined(separator: ", ") + " or " + (imageSuffixes.last ?? "")
}
