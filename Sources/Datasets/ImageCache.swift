public import DurableFiles
import Images
import Synchronization

/// Decoded images on disk, shared by all jobs that use its folder, at the same time or one after the other.
///
/// An image is found by the identity of its file, so that a changed file is another image. Entries appear whole, by
/// rename, and are checked when they are read. If anything is wrong with an entry, the image is decoded again. Entries
/// are not synced: a checksum shows what a power cut has damaged. When the cache is full, the least recently used
/// entries are removed, but none that was used since this value was created.
public final class ImageCache: Sendable {
  /// 10 GiB: some 160,000 gray images or 50,000 in colour.
  public static let standardLimit = 10 << 30

  public let folder: String
  private let limit: Int
  private let rest: Double
  /// Now, less 10 ms: the clock that stamps files may be late by that much (`fileClock`), and no file that is used from
  /// now on may have an earlier time.
  private let start = fileClock() - 10_000_000
  private let state = Mutex(State())

  private enum Room {
    /// The folder has not been swept yet.
    case unknown
    /// Bytes that may be added before the next sweep.
    case bytes(Int)
    /// No more is kept: all that may be removed is gone, and that is not enough; or an error occurred.
    case none
  }

  private struct State {
    var room = Room.unknown
    /// Bytes of all entries, as far as is known.
    var bytes: Int?
    var complaint: FileError?
  }

  /// - Parameter folder: created when the first image is kept.
  public convenience init(_ folder: String, limit: Int = standardLimit) {
    self.init(folder, limit: limit, rest: FileIdentity.rest)
  }

  /// - Parameter rest: how long a file must not have changed, in seconds.
  package init(_ folder: String, limit: Int, rest: Double) {
    self.folder = folder
    self.limit = limit
    self.rest = rest
  }

  /// The error after which no more images are kept; nil if there was none. A full cache is not an error.
  public var complaint: FileError? { state.withLock { $0.complaint } }

  /// Bytes of the folder's entries: those that the last sweep found, and those that this value has added since. Nil
  /// before the first sweep, which happens when the first image is kept. What other processes have added since the last
  /// sweep is not counted.
  public var bytes: Int? { state.withLock { $0.bytes } }

  /// The image of the file at `path`, from the cache or else from `decode`. Any number of threads may ask at once.
  ///
  /// - Parameters:
  ///   - path: without links.
  ///   - reading: how `decode` reads it.
  /// - Returns: the image, and whether it lies in the cache now.
  func image(
    of path: String, as reading: ImageReading, decode: () throws(ImageError) -> LoadedImage
  ) throws(ImageError) -> (LoadedImage, isOnDisk: Bool) {
    guard let file = FileIdentity(of: path, rest: rest) else { return (try decode(), false) }
    let identity = file.text(reading)
    if let image = find(identity) { return (image, true) }
    let image = try decode()
    // If the identity is still the same, the file did not change while it was decoded.
    guard FileIdentity(of: path, rest: rest) == file else { return (image, false) }
    return (image, keep(image, identity))
  }

  private func path(of identity: String) -> String {
    "\(folder)/\(Checksum(Array(identity.utf8)).hexadecimal)\(Self.ending)"
  }

  private static let ending = ".planes"

  private func find(_ identity: String) -> LoadedImage? {
    let path = path(of: identity)
    guard let file = try? readFile(path, limit: CacheEntry.largest, followingLinks: false),
      let entry = CacheEntry(file), entry.identity == identity
    else { return nil }
    if let used = try? facts(at: path)?.modified, used < start { try? touch(path) }
    return entry.image
  }

  private func keep(_ image: LoadedImage, _ identity: String) -> Bool {
    let entry = CacheEntry(identity: identity, image: image).bytes
    do {
      guard try reserve(entry.count) else { return false }
      try publish(entry, to: path(of: identity), .atomic)
      return true
    } catch {
      state.withLock { ($0.room, $0.complaint) = (.none, $0.complaint ?? error) }
      return false
    }
  }

  /// Reserves room for a new entry; sweeps the folder if there seems to be none.
  ///
  /// - Returns: whether there is room.
  private func reserve(_ bytes: Int) throws(FileError) -> Bool {
    try state.withLock { (state) throws(FileError) in
      let left: Int
      switch state.room {
      case .bytes(let room) where room >= bytes: left = room - bytes
      case .bytes, .unknown:
        let sweep = try sweep(for: bytes)
        state.bytes = sweep.kept
        left = sweep.room - bytes
      case .none: return false
      }
      state.room = left < 0 ? .none : .bytes(left)
      if left >= 0 { state.bytes = state.bytes.map { $0 + bytes } }
      return left >= 0
    }
  }

  /// - Returns: bytes that may be added, and bytes that have stayed.
  private func sweep(for bytes: Int) throws(FileError) -> (room: Int, kept: Int) {
    try createDirectories(folder, mode: 0o700)
    let tag = "\(folder)/CACHEDIR.TAG"
    if try facts(at: tag) == nil { try publish(Self.tag, to: tag, .atomic) }
    var files: [CacheSweep.File] = []
    for name in try entries(of: folder).compactMap(\.name) {
      guard let facts = try facts(at: "\(folder)/\(name)"), facts.kind == .regular else { continue }
      if name.hasSuffix(Self.ending) {
        files.append(CacheSweep.File(name: name, bytes: facts.size, used: facts.modified))
      } else if name.hasSuffix(".tmp"), start - facts.modified > Self.abandoned {
        try remove("\(folder)/\(name)")
      }
    }
    let space = try freeSpace(at: folder)
    let used = files.reduce(0) { $0 + $1.bytes }
    let sweep = CacheSweep(files, adding: bytes, limit: min(limit, used + space / 2), keepingSince: start)
    for name in sweep.removed { try remove("\(folder)/\(name)") }
    let removed = Set(sweep.removed)
    return (sweep.room, files.reduce(0) { removed.contains($1.name) ? $0 : $0 + $1.bytes })
  }

  /// One hour in nanoseconds: a temporary file that is older was left behind by a crash.
  private static let abandoned: Int64 = 3_600_000_000_000

  /// The content of CACHEDIR.TAG, by which programs that back up or clean up recognize a cache (bford.info/cachedir).
  private static let tag = "Signature: 8a477f597d28d172789f06886806bc55\n# Decoded images of Kiln; may be removed.\n"
}
