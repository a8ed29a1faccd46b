import ArgumentParser
import Datasets
import DurableFiles
import Jobs
import RunFiles

/// The folder of a run in the foreground.
enum RunFolder {
  /// runs/NAME, or the first of runs/NAME-2, … that is not taken: by a finished run, another job, or a run
  /// that goes on right now. An unfinished run of the same job is taken up again.
  static func free(for name: String, job: [UInt8]) throws -> String {
    for number in 1... {
      let directory = number == 1 ? "runs/\(name)" : "runs/\(name)-\(number)"
      guard try facts(at: directory) != nil else { return directory }
      guard let earlier = try? readFile("\(directory)/job.yaml", limit: job.count + 1), earlier == job else { continue }
      let isDone = (try? Progress(contentsOf: "\(directory)/progress.json").state) == .done
      if !isDone && (try? FileLock.holder(of: "\(directory)/run.lock")) == .nobody { return directory }
    }
    throw ValidationError("no folder is free for \(name)")
  }

  /// Makes the folder and puts the job file into it, byte for byte.
  static func claim(_ directory: String, job: [UInt8]) throws {
    try createDirectories(directory)
    let path = "\(directory)/job.yaml"
    if try facts(at: path) == nil {
      try publishNew(job, to: path)
    } else if try readFile(path, limit: 1 << 20) != job {
      throw FolderTaken(directory: directory)
    }
  }

  /// Notes where the job's relative paths start from, as a submission does, for those who look at the run later.
  static func note(base: String, job: [UInt8], in directory: String) throws {
    let path = "\(directory)/origin.json"
    guard try facts(at: path) == nil, let base = try? DataLocation(base: ".").find(base) else { return }
    try publish(Origin(base: base, manifest: job).bytes, to: path, .atomic)
  }
}

/// The output folder holds another job's run.
struct FolderTaken: Error, CustomStringConvertible {
  let directory: String
  var description: String {
    "\(directory) holds the run of another job (its job.yaml differs); name another folder with --output"
  }
}
