import Checkpoints
import Datasets
import DurableFiles
import Glibc
import Jobs
import RunFiles

/// The folder of a run in the foreground, which is `runs/NAME` in the working directory if nobody says another.
package enum ForegroundRun {
  /// Where a run goes, and which folder would have been the first choice.
  package struct Choice: Equatable {
    package var folder: String
    package var passedOver: PassedOver?
  }

  package struct PassedOver: Equatable {
    package let folder: String
    /// Goes on from the folder's name, as in "runs/x holds a finished run".
    package let reason: String
  }

  /// The first of runs/NAME, runs/NAME-2, … that is not taken: by a finished run, by another job, or by a run that goes
  /// on right now. An unfinished run of the same job is taken up again.
  /// - Parameters:
  ///   - name: the job's own, which may hold anything; the folder's is made of it as the daemon does.
  ///   - runs: the folder of them all.
  package static func choose(for name: String, job: [UInt8], in runs: String = "runs") throws -> Choice {
    if let folder = folderOfOld(name, in: runs), try facts(at: folder) != nil, try obstacle(in: folder, to: job) == nil
    {
      return Choice(folder: folder)
    }
    let slug = Slug.of(name)
    var choice = Choice(folder: "\(runs)/\(slug)")
    var number = 1
    while try facts(at: choice.folder) != nil, let reason = try obstacle(in: choice.folder, to: job) {
      if choice.passedOver == nil { choice.passedOver = PassedOver(folder: choice.folder, reason: reason) }
      number += 1
      choice.folder = "\(runs)/\(slug)-\(number)"
    }
    return choice
  }

  /// Once the folder had the job's name as it is. A run that was begun there goes on there, if the name
  /// leads nowhere else.
  private static func folderOfOld(_ name: String, in runs: String) -> String? {
    name.utf8.contains(UInt8(ascii: "/")) || name == "." || name == ".." ? nil : "\(runs)/\(name)"
  }

  /// Why a job cannot go on in a folder that is there; nil if it can.
  private static func obstacle(in folder: String, to job: [UInt8]) throws -> String? {
    let path = RunFolder(folder)[.job]
    guard try facts(at: path) != nil else { return "is not the folder of a run" }
    do throws(FileError) {
      guard try readFile(path, limit: job.count + 1) == job else { return "holds the run of another job" }
    } catch .tooLarge {
      return "holds the run of another job"
    }
    if try isDone(RunFolder(folder)[.progress]) { return "holds a finished run" }
    return try FileLock.holder(of: RunFolder(folder)[.lock]) == .nobody ? nil : "is in use by another process"
  }

  private static func isDone(_ progress: String) throws -> Bool {
    do throws(MetricsError) {
      return try Progress(contentsOf: progress).state == .done
    } catch .file(.system(_, _, ENOENT)), .malformed {
      return false
    }
  }

  /// Makes the folder and puts the job file into it, byte for byte.
  static func claim(_ directory: String, job: [UInt8]) throws {
    try createDirectories(directory)
    let path = RunFolder(directory)[.job]
    if try facts(at: path) == nil {
      try publishNew(job, to: path)
    } else if try readFile(path, limit: 1 << 20) != job {
      throw CommandFailure(
        "\(directory) holds the run of another job (its job.yaml differs); name another folder with --output", .badData)
    }
  }

  /// Takes a folder away again that this process has made and in which nothing was trained, unless it says which images
  /// could not be used.
  static func abandon(_ directory: String) throws {
    let run = RunFolder(directory)
    guard try CheckpointStore(run: directory).steps().isEmpty, try facts(at: run[.metrics]) == nil,
      try facts(at: run[.skipped]) == nil
    else {
      return
    }
    try removeTree(directory)
  }

  /// Notes where the job's relative paths start from, as a submission does, for those who look at the run later.
  static func note(base: String, job: [UInt8], in directory: String) throws {
    let path = RunFolder(directory)[.origin]
    guard try facts(at: path) == nil else { return }
    try publish(Origin(base: DataLocation(base: ".").find(base), manifest: job).bytes, to: path, .atomic)
  }
}
