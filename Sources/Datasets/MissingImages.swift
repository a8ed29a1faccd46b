import DurableFiles
import Synchronization

/// Finds out why an image is not there: its folder is gone, the folder has a name that looks the same, or the file is
/// missing.
final class MissingImages: Sendable {
  private struct Identity: Equatable {
    var device: UInt64
    var inode: UInt64
  }

  /// The images folders as they were when the store was created, without those that could not be looked at.
  private let folders: [ByteText: Identity]
  /// The names in each folder, by what they look like: Swift compares strings by canonical equivalence, so names that
  /// look alike are one key.
  private let lookalikes = Mutex<[ByteText: [String: String]]>([:])

  init(_ folders: some Sequence<String>) {
    var found: [ByteText: Identity] = [:]
    for folder in Set(folders.map(ByteText.init)) {
      found[folder] = (try? facts(at: folder.text)).flatMap { $0 }.map { Identity(device: $0.device, inode: $0.inode) }
    }
    self.folders = found
  }

  /// Throws `.unavailable` if the images folder itself is gone, empty or another one, as when its disk is no longer
  /// mounted. An image that is missing then says nothing about the set.
  func requireFolder(_ folder: String) throws(DatasetError) {
    let found: FileFacts?
    do { found = try facts(at: folder) } catch { throw DatasetError(error) }
    guard let found, found.kind == .directory else {
      throw .unavailable(path: folder, problem: "the images folder is gone", cure: DatasetError.mount)
    }
    if let known = folders[ByteText(folder)], known != Identity(device: found.device, inode: found.inode) {
      throw .unavailable(
        path: folder, problem: "another folder stands there than when the images were listed",
        cure: "if its disk was unmounted, mount it")
    }
    if try isEmptyFolder(folder) {
      throw .unavailable(path: folder, problem: "the images folder is empty", cure: DatasetError.mount)
    }
  }

  /// Why the image is skipped.
  func reason(name: String, in folder: String) -> String {
    guard let twin = lookalike(of: name, in: folder) else { return "no such file" }
    return "no such file; the folder has a name that differs in Unicode normalization only, "
      + "'\(ByteText(twin).spelledOut)' instead of '\(ByteText(name).spelledOut)': write it as the folder does"
  }

  /// A path that exists beneath the folder and differs from `name` in Unicode normalization only.
  private func lookalike(of name: String, in folder: String) -> String? {
    var path = ""
    for part in ByteText(name).names {
      let place = folder + path
      let stands = (try? facts(at: "\(place)/\(part)")).flatMap { $0 } != nil
      guard let name = stands ? part : names(in: place)[part] else { return nil }
      path += "/\(name)"
    }
    let found = String(Substring(path.utf8.dropFirst()))
    return ByteText(found).differsInNormalizationOnly(from: ByteText(name)) ? found : nil
  }

  /// The names are kept, so that a folder is listed once, however many of its images are missing. If it cannot be
  /// listed, the report merely lacks the hint.
  private func names(in folder: String) -> [String: String] {
    lookalikes.withLock { known in
      if let names = known[ByteText(folder)] { return names }
      let listed = ((try? entries(of: folder)) ?? []).compactMap(\.name)
      let names = Dictionary(listed.map { ($0, $0) }, uniquingKeysWith: { first, _ in first })
      known[ByteText(folder)] = names
      return names
    }
  }
}
