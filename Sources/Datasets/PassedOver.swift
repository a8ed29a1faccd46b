import DurableFiles

/// What a folder or a table of images holds that is no image of the set, and why.
public struct PassedOver: Sendable, Hashable {
  public enum Reason: Sendable, Hashable {
    /// Its name begins with a dot.
    case hidden
    /// A system, a server or a tool keeps it for itself.
    case housekeeping
    /// A file whose name does not end as an image's does; with the ending in small letters, empty if there is none.
    case ending(String)
    /// Neither a file nor a folder.
    case special
    /// An image that lies beside the classes' folders, and in none of them.
    case outsideClasses
    /// A class's folder in which a part has no images.
    case empty
    /// The table says that it belongs to no part.
    case excluded
  }

  /// An absolute path to the folder that the path is relative to.
  public let folder: String
  public let path: String
  public let reason: Reason

  init(folder: String, path: String, reason: Reason) {
    self.folder = folder
    self.path = path
    self.reason = reason
  }
}

extension PassedOver.Reason: Comparable {
  /// As in "passed over: 3 …".
  public var description: String {
    switch self {
    case .hidden: "hidden"
    case .housekeeping: "kept by a system or tool"
    case .ending(""): "without an ending"
    case .ending(let ending): ending
    case .special: "neither file nor folder"
    case .outsideClasses: "outside of the class folders"
    case .empty: "empty"
    case .excluded: "excluded by the table"
    }
  }

  public static func < (a: Self, b: Self) -> Bool { ByteText(a.description) < ByteText(b.description) }
}

/// Folders and files that systems, servers and tools leave beside a user's own, and that are nobody's images: thumbnails,
/// trash, snapshots, what a repaired disk has found. Hidden ones need no list.
enum Housekeeping {
  /// In small letters.
  private static let names: Set = [
    // Synology, QNAP and other NAS.
    "@eadir", "@recycle", "@recently-snapshot", "@tmp", "#recycle", "#snapshot", "@sharesnap",
    // Linux, macOS and its archives, Windows.
    "lost+found", "__macosx", "network trash folder", "temporary items", "$recycle.bin", "system volume information",
    "recycler", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r",
    // Programs.
    "__pycache__", "cvs",
  ]

  static func holds(_ name: String) -> Bool { names.contains(name.lowercased()) }
}

/// The part of a set that a folder or a table's word names.
enum PartName {
  private static let words: [Part: Set<String>] = [
    .training: ["train", "training", "trn", "train_set", "trainset"],
    .validation: ["val", "valid", "validation", "dev", "val_set", "valset"],
    .test: ["test", "testing", "tst", "test_set", "testset"],
  ]

  /// Nil for a name that is none of a part.
  static func part(of name: String) -> Part? {
    let lowered = name.lowercased()
    return Part.allCases.first { words[$0]?.contains(lowered) == true }
  }

  /// Whether folders are called as the parts of a set are: one for training, and one to validate or test.
  static func divide(_ folders: some Sequence<String>) -> Bool {
    let parts = Set(folders.compactMap(part))
    return parts.contains(.training) && parts.count > 1
  }
}
