import DurableFiles
import RunFiles

/// A run that was copied with its links followed (`scp -r`, `cp -rL`): `latest` and `best` are folders then, each with a copy
/// of the checkpoint that it pointed to.
extension CheckpointStore {
  func isCopied(_ name: RunFile) throws(CheckpointError) -> Bool {
    try onDisk { () throws(FileError) in try facts(at: RunFolder(run)[name])?.kind == .directory }
  }

  /// The checkpoint in the folder that stands for a link. Its step is the one that it says itself.
  func copiedCheckpoint(_ name: RunFile) throws(CheckpointError) -> Checkpoint {
    let path = RunFolder(run)[name]
    let copy = try checkpoint(step: 0, at: path)
    guard let step = copy.model.metadata["step"].flatMap(Int.init), step >= 0 else {
      throw .damaged(
        path: "\(path)/\(CheckpointFile.model.rawValue)",
        .malformedEntry(name: "step", expected: "the number of its step"))
    }
    return Checkpoint(step: step, path: path, model: copy.model, training: copy.training)
  }

  /// Makes room for the link `name` without losing anything: the copy goes only if the checkpoint itself is there. Else it
  /// takes its place among the checkpoints or, if it is damaged or another one has that place, a name of its own.
  func adopt(_ name: RunFile) throws(CheckpointError) {
    let path = RunFolder(run)[name]
    let copy: Checkpoint
    do { copy = try copiedCheckpoint(name) } catch {
      guard error.isDamage else { throw error }
      return try onDisk { () throws(FileError) in try moveAside(path, as: "damaged") }
    }
    switch try occupant(of: copy.step) {
    case .nobody: break
    case .damaged: try setAside(step: copy.step)
    case .checkpoint(let own):
      let isSame = own.model == copy.model && own.training == copy.training
      return try onDisk { () throws(FileError) in
        if isSame { try removeTree(path) } else { try moveAside(path, as: "copied") }
      }
    }
    try onDisk { () throws(FileError) in try move(path, to: self.path(of: copy.step)) }
  }

  private enum Occupant {
    case nobody, damaged
    case checkpoint(Checkpoint)
  }

  private func occupant(of step: Int) throws(CheckpointError) -> Occupant {
    guard try steps().contains(step) else { return .nobody }
    do { return .checkpoint(try checkpoint(step: step)) } catch {
      guard error.isDamage else { throw error }
      return .damaged
    }
  }
}
