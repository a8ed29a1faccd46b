public import DurableFiles
import Glibc
public import RunFiles

extension Spool {
  /// Puts a manifest into `incoming/` under `name`, or the first free variant of it; returns the name used. The origin
  /// is written before the manifest, so that whoever sees the manifest finds its origin.
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

  /// The origin beside a name in `incoming/`, whichever submission wrote it; nil if there is none, or something else.
  ///
  /// - Throws: an error that may pass, because a job must not lose its base folder when the disk fails for a moment.
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

  /// The bytes of a file that people may have replaced by anything; nil if it is missing or cannot be such a file.
  ///
  /// - Throws: an error that may pass.
  static func usable(_ path: String, limit: Int) throws(FileError) -> [UInt8]? {
    do {
      return try readFile(path, limit: limit, followingLinks: false)
    } catch {
      if error.kind == .permanent { return nil }
      throw error
    }
  }

  /// Removes this very origin, and no other that may have taken its place.
  func removeOrigin(_ origin: Origin, beside dropped: String) throws(FileError) {
    if try originBeside(dropped) == origin { try remove("\(incoming)/\(dropped)\(Submission.originSuffix)") }
  }
}
