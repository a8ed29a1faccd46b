import DurableFiles
import Synchronization

/// What can be known of an image that is not there: its folder is away, it has a name that looks the same, or it is missing.
final class MissingImages: Sendable {
  private struct Identity: Equatable {
    var device: UInt64
    var inode: UInt64
  }

  /// The images folders as they were when the set was loaded; those that could not be looked at are not in it.
  private let folders: [ByteText: Identity]
  /// The names in folders by what they look like: as a key, a String is any text of the same letters.
  private let lookalikes = Mutex<[ByteText: [String: String]]>([:])

  init(_ folders: some Sequence<String>) {
    var found: [ByteText: Identity] = [:]
    for folder in Set(folders.map(ByteText.init)) {
      found[folder] = (try? facts(at: folder.text)).flatMap { $0 }.map { Identity(device: $0.device, inode: $0.inode) }
    }
    self.folders = found
  }

  /// Throws if the images folder itself is away, as when its disk is no longer mounted: what is missing in it now says
  /// nothing about the set.
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

  /// A path beneath the folder that leads somewhere and looks like `name`.
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

  /// A folder is listed once, however many of its images are missing. One that cannot be listed gives no hint, which is
  /// all that it is asked for.
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
