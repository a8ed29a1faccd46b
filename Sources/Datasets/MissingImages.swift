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
    if let twin = lookalike(of: name, in: folder) {
      return "no such file; the folder has a name that differs in Unicode normalization only, "
        + "'\(ByteText(twin).spelledOut)' instead of '\(ByteText(name).spelledOut)': write it as the folder does"
    }
    return "no such file" + (hint(for: name, in: folder).map { "; \($0)" } ?? "")
  }

  /// Where the file is that the name probably means.
  private func hint(for name: String, in folder: String) -> String? {
    func stands(_ name: String) -> Bool { (try? facts(at: "\(folder)/\(name)")).flatMap { $0 } != nil }
    let slashed = String(decoding: name.utf8.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }, as: UTF8.self)
    if slashed != name, stands(slashed) { return "folders are divided by /, not by a backslash: write '\(slashed)'" }
    let parts = ByteText(slashed).names
    for count in parts.indices.dropFirst() {
      let rest = parts[count...].joined(separator: "/")
      guard stands(rest) else { continue }
      let surplus = parts[..<count].joined(separator: "/")
      return "'\(surplus)/' is too much: paths are relative to \(folder)"
    }
    if let twin = caseTwin(of: slashed, in: folder) { return "the folder has '\(twin)': write it so" }
    let holder = names(in: folder).values.sorted().prefix(Self.foldersTried).first { stands("\($0)/\(slashed)") }
    return holder.map { "it lies in '\($0)/': paths are relative to \(folder)" }
  }

  /// In how many folders beside each other a file is looked for.
  private static let foldersTried = 100

  /// A path that exists beneath the folder and differs from `name` in the case of letters only.
  private func caseTwin(of name: String, in folder: String) -> String? {
    var path = ""
    for part in ByteText(name).names {
      let names = names(in: folder + path)
      guard let found = names[part] ?? lowered(in: folder + path)[part.lowercased()] else { return nil }
      path += "/\(found)"
    }
    return String(Substring(path.utf8.dropFirst()))
  }

  private func lowered(in folder: String) -> [String: String] {
    lookalikes.withLock { known in
      let key = ByteText(folder + "/.")
      if let names = known[key] { return names }
      let names = Dictionary((known[ByteText(folder)] ?? [:]).values.map { ($0.lowercased(), $0) }) { min($0, $1) }
      known[key] = names
      return names
    }
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
