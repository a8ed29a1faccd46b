public import DurableFiles
import FoundationEssentials
import Glibc

/// What `kiln submit` leaves beside a manifest, `NAME.yaml.origin`: what the bytes of the manifest cannot say.
///
/// An origin goes with one manifest alone. It names that manifest's checksum, so that a file dropped under the same name
/// never gets a stranger's folder; and its token makes it unlike every other, so that whoever cleans up after one
/// submission cannot take away the next one's.
public struct Origin: Codable, Sendable, Equatable {
  /// The folder that relative paths in the manifest start from.
  public var base: String
  /// Takes the place of the manifest's own priority.
  public var priority: Int?
  /// The `Digest` of the manifest; from earlier versions, its `Checksum`.
  public var manifest: String
  public var token: String

  public init(base: String, priority: Int? = nil, manifest: [UInt8]) {
    self.base = base
    self.priority = priority
    self.manifest = Digest(of: manifest).hexadecimal
    token = UUID().uuidString
  }

  /// Nil if the bytes are no origin, which is what is asked.
  public init?(_ bytes: [UInt8]) {
    guard let origin = try? JSONDecoder().decode(Origin.self, from: Data(bytes)) else { return nil }
    self = origin
  }

  /// As it lies in a file. JSON can say every text and every whole number, so that there is always such a form.
  public var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { Array($0) + [UInt8(ascii: "\n")] } ?? []
  }

  /// Whether the origin was written for these very bytes. One that an earlier version left is honoured: its sixteen
  /// digits tell apart what lies there by accident, and whoever may write an origin could name any folder anyway.
  public func belongs(to manifest: [UInt8]) -> Bool {
    let isOld = self.manifest.utf8.count == 16
    return self.manifest == (isOld ? Checksum(manifest).hexadecimal : Digest(of: manifest).hexadecimal)
  }
}

/// The rules of the drop folder.
public enum Submission {
  public static let originSuffix = ".origin"
  public static let endings = [".yaml", ".yml", ".json"]
  /// The largest manifest that the parser takes, in bytes.
  public static let largest = 1 << 20
  /// The largest origin, in bytes.
  static let largestOrigin = 64 << 10

  /// Whether a name in `incoming/` asks to become a job. Dot-files are unfinished copies, `.origin` files go with
  /// their manifest, and everything else is not ours to touch.
  public static func isManifest(_ name: String) -> Bool {
    let name = PathText(name)
    return !name.hasPrefix(".") && endings.contains { name.before(suffix: $0)?.isEmpty == false }
  }

  /// `solar.yaml` as `solar` and `.yaml`; an ending that no job file has is none.
  static func split(_ name: String) -> (stem: String, ending: String) {
    let path = PathText(name)
    for ending in endings {
      if let stem = path.before(suffix: ending) { return (stem, ending) }
    }
    return (name, "")
  }
}

extension Spool {
  /// Puts a manifest into `incoming/` under `name`, or the first free variant of it; returns the name used.
  /// The origin is there before the manifest, so that whoever sees the one finds the other.
  public func submit(
    _ manifest: [UInt8], as name: String, base: String, priority: Int? = nil
  ) throws(FileError) -> String {
    let origin = Origin(base: base, priority: priority, manifest: manifest)
    let (stem, own) = Submission.split(name)
    let ending = own.isEmpty ? ".yaml" : own
    var number = 1
    while true {
      let candidate = number == 1 ? stem + ending : "\(stem)-\(number)\(ending)"
      if try place(manifest, at: "\(incoming)/\(candidate)", origin) { return candidate }
      number += 1
    }
  }

  private func place(_ manifest: [UInt8], at path: String, _ origin: Origin) throws(FileError) -> Bool {
    guard try facts(at: path) == nil else { return false }
    do {
      try publishNew(origin.bytes, to: path + Submission.originSuffix)
    } catch {
      if error.code == EEXIST { return false }
      throw error
    }
    do {
      try publishNew(manifest, to: path)
      return true
    } catch {
      try remove(path + Submission.originSuffix)
      if error.code == EEXIST { return false }
      throw error
    }
  }

  /// The origin that lies beside a name in `incoming/`, whoever's it is; nil if none does, or something else.
  ///
  /// - Throws: an error that may pass. A job must not lose its folder because the disk failed for a moment.
  public func originBeside(_ dropped: String) throws(FileError) -> Origin? {
    let path = "\(incoming)/\(dropped)\(Submission.originSuffix)"
    return try Self.usable(path, limit: Submission.largestOrigin).flatMap { Origin($0) }
  }

  /// The origin that a job was accepted with; nil if it was dropped by hand.
  ///
  /// - Throws: an error that may pass.
  public func takenOrigin(of id: JobID) throws(FileError) -> Origin? {
    try Self.usable(origin(id), limit: Submission.largestOrigin).flatMap { Origin($0) }
  }

  /// The bytes of a file that people may put anything in the place of; nil if there is nothing to be read.
  static func usable(_ path: String, limit: Int) throws(FileError) -> [UInt8]? {
    do {
      return try readFile(path, limit: limit, followingLinks: false)
    } catch {
      if error.kind == .permanent { return nil }
      throw error
    }
  }

  /// Removes that very origin, and no other that may have taken its place.
  func removeOrigin(_ origin: Origin, beside dropped: String) throws(FileError) {
    if try originBeside(dropped) == origin { try remove("\(incoming)/\(dropped)\(Submission.originSuffix)") }
  }
}
