import DurableFiles
import RunFiles

/// Files in `incoming/` that have become jobs already.
///
/// A job is accepted by a rename from one folder to another. A power cut may leave the new name on the disk and the old
/// one as well: two names of one file, or, on a file system that was repaired, two files. The second name must neither
/// become a second job nor be rejected.
extension Spool {
  /// - Parameter newest: the jobs that may have been accepted just before the end of the last daemon.
  func removeLeftDrops(of newest: [JobID: StateFolder], _ census: inout Census) throws(FileError) {
    // Sorted, so that a manifest comes before its origin.
    let names = try entries(of: incoming).compactMap { $0.name.map(ByteText.init) }.sorted()
    guard !names.isEmpty, !newest.isEmpty else { return }
    let jobs = knownJobs(newest, &census)
    var isChanged = false
    for name in names {
      do throws(FileError) {
        if let remark = try removeLeftDrop(name, of: jobs) {
          census.remarks.append(remark)
          isChanged = true
        }
      } catch {
        census.remarks.append("\(error)")
      }
    }
    if isChanged { try syncDirectory(incoming) }
  }

  /// Jobs by what identifies a file as theirs.
  private struct KnownJobs {
    /// By the inode of their manifest.
    var byFile: [UInt64: (id: JobID, state: StateFolder)] = [:]
    /// By the token of the origin that they were submitted with. No two submissions have the same token.
    var byToken: [String: JobID] = [:]
  }

  private func knownJobs(_ newest: [JobID: StateFolder], _ census: inout Census) -> KnownJobs {
    var jobs = KnownJobs()
    for (id, state) in newest {
      do throws(FileError) {
        if let facts = try facts(at: manifest(id, in: state)) { jobs.byFile[facts.inode] = (id, state) }
        if let origin = try takenOrigin(of: id) { jobs.byToken[origin.token] = id }
      } catch {
        census.remarks.append("\(error)")
      }
    }
    return jobs
  }

  /// - Returns: a remark for the log, if something was done that people should know.
  private func removeLeftDrop(_ name: ByteText, of jobs: KnownJobs) throws(FileError) -> String? {
    let path = "\(incoming)/\(name)"
    if let dropped = name.before(suffix: Submission.originSuffix) {
      // An origin whose manifest has become a job is removed.
      guard let origin = try originBeside(dropped), jobs.byToken[origin.token] != nil,
        try facts(at: "\(incoming)/\(dropped)") == nil
      else { return nil }
      try removeOrigin(origin, beside: dropped)
      return nil
    }
    guard Submission.isManifest(name.text), let found = try facts(at: path), found.kind == .regular else { return nil }
    if let (id, state) = jobs.byFile[found.inode] {
      try remove(path)
      return "incoming/\(name) was another name of \(state.rawValue)/\(id).yaml and is removed"
    }
    guard let origin = try originBeside(name.text), let id = jobs.byToken[origin.token],
      let bytes = try Self.usable(path, limit: Submission.largest), origin.belongs(to: bytes)
    else { return nil }
    let remark = try setAside("incoming/\(name)", asCopyOf: id)
    try removeOrigin(origin, beside: name.text)
    return remark
  }
}
