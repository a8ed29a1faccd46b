import DurableFiles
import RunFiles

/// Files in the folders of the states that are not the accepted manifests: manifests that were edited later, and second
/// copies. None is deleted: it is moved into the job's run, and the history says so.
extension Spool {
  /// Puts back the accepted text of a job whose manifest was edited in the folder of its state. What is trained is the
  /// run's own copy, and `done/` shall hold what was trained.
  ///
  /// - Returns: what was done, for the history; nil if there was nothing to do.
  func restoreManifest(_ id: JobID, in state: StateFolder) throws(FileError) -> String? {
    let place = "\(state.rawValue)/\(id).yaml"
    do {
      // A run without its copy has nothing to compare with. The trainer will report that.
      guard let accepted = try Self.usable(jobFile(id), limit: Submission.largest),
        try isOther(manifest(id, in: state), than: accepted)
      else { return nil }
      let kept = try exchange(id, in: state, for: accepted)
      return "\(place) was edited after it was accepted: the accepted text counts, the edited one is \(kept)"
    } catch {
      if error.kind == .transient { throw error }
      return "\(place) may have been edited after it was accepted, and the accepted text counts (\(error))"
    }
  }

  /// Whether something stands at `path` and is not a file with these bytes.
  private func isOther(_ path: String, than accepted: [UInt8]) throws(FileError) -> Bool {
    guard let found = try facts(at: path) else { return false }
    guard found.kind == .regular && found.size == accepted.count else { return true }
    return try Self.usable(path, limit: accepted.count) != accepted
  }

  /// Exchanges the accepted text and the edited one in one instant. An interruption before that leaves another copy of
  /// the accepted text in the run, which the next call uses.
  ///
  /// - Returns: where the edited text is now.
  private func exchange(_ id: JobID, in state: StateFolder, for accepted: [UInt8]) throws(FileError) -> String {
    var number = 1
    while true {
      let name = number == 1 ? "edited.yaml" : "edited-\(number).yaml"
      let path = "\(run(id))/\(name)"
      if try facts(at: path) == nil { try publishNew(accepted, to: path) }
      if try !isOther(path, than: accepted) {
        try DurableFiles.exchange(path, manifest(id, in: state))
        return "runs/\(id)/\(name)"
      }
      number += 1
    }
  }

  /// Moves what lies under a job's name in the folder of a state that the job is not in, into the job's run.
  ///
  /// - Returns: what was done, for the history; nil if nothing lies there.
  func setAsideCopy(of id: JobID, in state: StateFolder) throws(FileError) -> String? {
    guard try facts(at: manifest(id, in: state)) != nil else { return nil }
    return try setAside("\(state.rawValue)/\(id).yaml", asCopyOf: id)
  }

  /// Moves a file of the home into a job's run.
  ///
  /// - Parameter place: the folder and the name.
  func setAside(_ place: String, asCopyOf id: JobID) throws(FileError) -> String {
    try createDirectories(run(id))
    let stem = "found-in-\(ByteText(place).parent)"
    var name = "\(stem).yaml"
    var number = 2
    while try facts(at: "\(run(id))/\(name)") != nil {
      name = "\(stem)-\(number).yaml"
      number += 1
    }
    try move("\(home)/\(place)", to: "\(run(id))/\(name)")
    return "\(place) was a second copy of it and is now runs/\(id)/\(name)"
  }

  /// The folder that counts if several hold a job: the one that the newest row of its history names. If no row does, a
  /// job that may have ended is not run again, and one that may be held is not run.
  func place(of id: JobID, among folders: [StateFolder]) throws(FileError) -> StateFolder {
    if let said = try history(id).last().flatMap({ StateFolder(rawValue: $0.state) }), folders.contains(said) {
      return said
    }
    let order: [StateFolder] = [.done, .failed, .cancelled, .held, .running, .deferred, .queued]
    return order.first(where: folders.contains) ?? .held
  }
}
