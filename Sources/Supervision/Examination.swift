import DurableFiles
import Glibc
import Jobs
import RunFiles

extension Intake {
  /// A validation takes no further file once its manifests have so many bytes.
  private static let batchBytes = 16 << 20

  /// Begins to validate the files that are ready and share a base folder; nil if there are none.
  func nextValidation(now: Double) -> Validation? {
    var files: [ByteText: Candidate] = [:]
    var bytes = 0
    var sharedBase: ByteText?
    for name in arrivals.ready(now: now) where files.count < Self.batch && bytes < Self.batchBytes {
      guard let candidate = examined(name, now: now) else { continue }
      let base = ByteText(candidate.origin?.base ?? settings.ownBase)
      guard sharedBase == nil || (sharedBase == base && !suspects.contains(name)) else { continue }
      sharedBase = base
      files[name] = candidate
      bytes += candidate.manifest.count
      if suspects.contains(name) { break }
    }
    guard let base = sharedBase else { return nil }
    do {
      let validation = try Validation(files, base: base.text, in: spool.incoming, settings, now: now)
      for name in files.keys { arrivals.take(name) }
      return validation
    } catch {
      trouble("\(error)", now: now)
      return nil
    }
  }

  /// Reads a file that may be validated now. Any other file is rejected, postponed or forgotten here, and the result is
  /// nil.
  private func examined(_ name: ByteText, now: Double) -> Candidate? {
    let path = "\(spool.incoming)/\(name)"
    do {
      guard let facts = try facts(at: path) else {
        arrivals.forget(name)
        return nil
      }
      if let reason = refusal(of: facts) {
        reject(DirectoryEntry(name.text, facts.kind), reason)
        return nil
      }
      if arrivals.facts(of: name) != facts {
        arrivals.saw(name, facts, finished: false, now: now)
        return nil
      }
      // inotify tells when the writer closes the file. The quiet period is for the case that it does not.
      if try isBeingWritten(path) == true {
        arrivals.postpone(name, now: now)
        return nil
      }
      let manifest = try readFile(path, limit: settings.limits.manifestBytes, followingLinks: false)
      return Candidate(facts: facts, manifest: manifest, origin: try origin(of: manifest, named: name))
    } catch {
      unreadable(name, error, now: now)
      return nil
    }
  }

  /// The origin beside a file, if it was written for this manifest.
  private func origin(of manifest: [UInt8], named name: ByteText) throws(FileError) -> Origin? {
    guard let origin = try spool.originBeside(name.text) else { return nil }
    if origin.belongs(to: manifest) { return origin }
    log.notice("incoming/\(printable(name.text)) is not what its .origin was written for: its own folder is not known")
    return nil
  }

  private func unreadable(_ name: ByteText, _ error: FileError, now: Double) {
    switch error.kind {
    case .permanent where [EACCES, EPERM].contains(error.code):
      reject(DirectoryEntry(name.text, .regular), "The daemon may not read it: \(error)")
    // The file is gone, or another one stands there now, which is looked at when it has been quiet.
    case .permanent: arrivals.postpone(name, now: now)
    case .transient, .ours: trouble("\(error)", now: now)
    }
  }

  /// Why a file cannot be a manifest, judged by its kind, links and size alone; nil if it can.
  private func refusal(of facts: FileFacts) -> String? {
    switch facts.kind {
    case .directory: "It is a folder. Drop the job file itself."
    case .link: "It is a symbolic link. Drop a copy of the file."
    case .other: "It is a pipe, a socket or a device. Drop a regular file."
    case .regular where facts.links > 1: "It is a hard link to another file. Drop a copy of the file."
    case .regular where facts.size > settings.limits.manifestBytes:
      "It has \(facts.size) bytes; a job file has at most \(settings.limits.manifestBytes)."
    case .regular: nil
    }
  }
}
