import DurableFiles
import Images

/// The folders beneath the folder of a set, and what they stand for.
struct ClassTree {
  enum Layout { case classes, partsOverClasses, partsInClasses }

  /// Resolved.
  let root: String
  let access: DataAccess

  /// - Parameter prefix: empty for the root, or a path beneath it with a slash behind.
  func entries(of prefix: String) throws(DatasetError) -> [FolderEntry] {
    try namedEntries(of: "\(root)/\(prefix)")
  }

  /// The names of the folders in a folder that are not passed over.
  func folders(in prefix: String) throws(DatasetError) -> [String] {
    var names: [String] = []
    for entry in try entries(of: prefix) {
      let name = prefix + entry.name
      guard try reason(toPassOver: entry, name, amongFolders: true) == nil, try isFolder(entry, name: name) else {
        continue
      }
      names.append(entry.name)
    }
    return names
  }

  /// Why an entry is neither an image of the set nor a folder of images; nil for those.
  /// - Parameter amongFolders: an image would have no class here.
  func reason(
    toPassOver entry: FolderEntry, _ name: String, amongFolders: Bool
  ) throws(DatasetError) -> PassedOver.Reason? {
    if entry.name.utf8.first == UInt8(ascii: ".") { return .hidden }
    if Housekeeping.holds(entry.name) { return .housekeeping }
    if entry.kind == .other { return .special }
    if try isFolder(entry, name: name) { return nil }
    if isImageName(entry.name) { return amongFolders ? .outsideClasses : nil }
    return .ending(Self.ending(of: entry.name))
  }

  /// A link that leads nowhere counts as a file: with an image's suffix it is listed, and skipped when it is decoded.
  func isFolder(_ entry: FolderEntry, name: String) throws(DatasetError) -> Bool {
    guard entry.kind == .link else { return entry.kind == .directory }
    guard let target = try resolvedPath("\(root)/\(name)") else { return false }
    guard isBeneath(target, root) || access.allows(target) else {
      throw .unusable(
        path: "\(root)/\(name)", problem: "a link that leaves the data roots, to \(target)",
        cure: "copy what it leads to, or have the root added")
    }
    return try Datasets.isFolder(target)
  }

  /// The last dot of a name and what stands behind it, in small letters; empty if that is no ending.
  private static func ending(of name: String) -> String {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return "" }
    let ending = name[dot...].lowercased()
    return ending.utf8.count <= 12 && ending.utf8.count > 1 && !ending.contains(" ") ? ending : ""
  }
}

extension ClassTree {
  /// - Throws: `.unusable` if the folders are called as parts are and the job does not say what they stand for, or if it
  ///   says so and they are not.
  func layout(_ split: DataDeclaration.Split?) throws(DatasetError) -> Layout {
    guard split != .random else { return .classes }
    let outer = try folders(in: "")
    if try areParts(outer, split) {
      try require(split, outer, "are called as the parts of a set, not as its classes")
      return .partsOverClasses
    }
    if try holdParts(outer, split) {
      try require(split, outer, "each hold folders that are called as the parts of a set")
      return .partsInClasses
    }
    guard split == nil else {
      throw .unusable(
        path: root, problem: "`split: folders` looks for folders called train and val or test, and there are none",
        cure: "rename them, or leave out split")
    }
    return .classes
  }

  /// Whether the folders are those of parts, over those of classes or in them.
  func isDivided() throws(DatasetError) -> Bool {
    let outer = try folders(in: "")
    return try areParts(outer, nil) ? true : holdParts(outer, nil)
  }

  /// Whether the folders are those of parts. With others beside them, they are if they hold folders of the same names.
  private func areParts(_ outer: [String], _ split: DataDeclaration.Split?) throws(DatasetError) -> Bool {
    guard PartName.divide(outer) else { return false }
    let named = outer.filter { PartName.part(of: $0) != nil }
    if split == .folders || named.count == outer.count { return true }
    var seen: Set<ByteText> = []
    for folder in named {
      let classes = Set(try folders(in: "\(folder)/").map(ByteText.init))
      guard seen.isDisjoint(with: classes) else { return true }
      seen.formUnion(classes)
    }
    return false
  }

  private func holdParts(_ outer: [String], _ split: DataDeclaration.Split?) throws(DatasetError) -> Bool {
    var isDivided = false
    for folder in outer {
      let inner = try folders(in: "\(folder)/")
      guard !inner.isEmpty, inner.allSatisfy({ PartName.part(of: $0) != nil }) else { return false }
      isDivided = isDivided || PartName.divide(inner)
    }
    return isDivided
  }

  private func require(
    _ split: DataDeclaration.Split?, _ folders: [String], _ problem: String
  ) throws(DatasetError) {
    guard split == nil else { return }
    let names = folders.prefix(6).map { printable($0) }.joined(separator: ", ") + (folders.count > 6 ? ", …" : "")
    throw .unusable(
      path: root, problem: "the folders \(names) \(problem)",
      cure:
        "write `split: folders` under data to train, validate and test on them, or `split: random` if they are classes")
  }
}

extension Dataset {
  /// Whether a folder of images is divided into parts by folders that are called so.
  ///
  /// - Parameter folder: resolved. Links in it may lead anywhere.
  public static func isDivided(_ folder: String) throws(DatasetError) -> Bool {
    try ClassTree(root: folder, access: .everywhere).isDivided()
  }
}
