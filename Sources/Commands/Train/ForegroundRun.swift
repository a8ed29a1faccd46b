import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Glibc
import Jobs
import RunFiles
import Training

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
    if let difference = try difference(of: path, from: job) { return "holds the run of another job (\(difference))" }
    if try isDone(RunFolder(folder)[.progress]) { return "holds a finished run" }
    return try FileLock.holder(of: RunFolder(folder)[.lock]) == .nobody ? nil : "is in use by another process"
  }

  /// In which settings the job of a run differs from another; nil if they are the same, byte for byte.
  private static func difference(of path: String, from job: [UInt8]) throws -> String? {
    do throws(FileError) {
      let own = try readFile(path, limit: Document.maximumBytes)
      return own == job ? nil : JobDifference(was: own, is: job).text
    } catch .tooLarge {
      return "its job.yaml is no job"
    }
  }

  /// The finished run of a job that is to be trained further: in the folder that is named, or else in the last of runs/NAME,
  /// runs/NAME-2, … that has one.
  static func finished(_ name: String, job: [UInt8], in output: String?, runs: String = "runs") throws -> String {
    if let output {
      guard try isFinished(output, job) else { throw notFinished(output) }
      return output
    }
    let slug = Slug.of(name)
    var found: String?
    var (number, folder) = (1, "\(runs)/\(slug)")
    while try facts(at: folder) != nil {
      if try isFinished(folder, job) { found = folder }
      number += 1
      folder = "\(runs)/\(slug)-\(number)"
    }
    guard let found else { throw notFinished("\(runs)/\(slug)") }
    return found
  }

  private static func notFinished(_ folder: String) -> CommandFailure {
    CommandFailure(
      "\(folder) holds no finished run of this job to train further: let it finish first (without --extend), or name its "
        + "folder with --output", .noInput)
  }

  /// Whether a folder holds a finished run of this job, and nobody is at work there.
  static func isFinished(_ folder: String, _ job: [UInt8]) throws -> Bool {
    let run = RunFolder(folder)
    guard try facts(at: run[.job]) != nil, try difference(of: run[.job], from: job) == nil else { return false }
    return try isDone(run[.progress]) && FileLock.holder(of: run[.lock]) == .nobody
  }

  /// What a run was trained for beyond its job.
  static func extensions(of folder: String) throws -> [Extension] {
    let path = RunFolder(folder)[.extensions]
    guard try facts(at: path) != nil else { return [] }
    guard let list = Extension.list(try readFile(path, limit: 1 << 20)) else {
      throw CommandFailure(
        "\(path) does not say what the run was extended by: put the file back as it was, or train the job in another "
          + "folder", .badData)
    }
    return list
  }

  /// Writes down that a finished run goes on.
  static func extend(_ folder: String, epochs: Int, rate: Double?) throws -> Extension {
    let list = try Extension.adding(epochs: epochs, rate: rate, to: extensions(of: folder), of: folder)
    guard let bytes = Extension.bytes(list), let last = list.last else {
      throw CommandFailure("the learning rate is no number", .usage)
    }
    try publish(bytes, to: RunFolder(folder)[.extensions])
    return last
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
    } else if let difference = try difference(of: path, from: job) {
      throw CommandFailure(
        "\(directory) holds the run of another job (\(difference)); name another folder with --output", .badData)
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
