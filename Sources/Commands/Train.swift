import ArgumentParser
import Configuration
import Datasets
import DurableFiles
import Foundation
import Manifests
import Networks
import Training
import Workers

/// `kiln train`: one job, in the foreground. The daemon runs its jobs by this command too.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a job in the foreground.",
    discussion: """
      Results go to runs/NAME, or to the folder that --output names. An interrupted run (Ctrl-C saves it first) goes \
      on where it was when the same command is given again.
      Exit status: 0 trained, 65 the job or its data are bad or it diverged, 66 no such file, 74 a file could not be \
      written, 75 interrupted and saved.
      """)

  @Argument(help: "A job file.", completion: .file(extensions: ["yaml", "yml", "json"])) var job: String
  @Option(help: "The folder for checkpoints and metrics.", completion: .directory) var output: String?
  @Option(help: "The job's seed, instead of the file's; the run's folder is then NAME-seedN.") var seed: Int?
  @Option(help: "Threads; overrides the job file. The result does not depend on it.") var threads: Int?
  @Option(help: "Where relative data paths start from, instead of the job file's folder.", completion: .directory)
  var base: String?
  @Option(
    name: .customLong("data-root"), help: "A folder that the data must lie in; may be repeated. Default: anywhere.",
    completion: .directory) var dataRoots: [String] = []
  @Option(
    help: "Where decoded images are kept for later jobs. (default: $XDG_CACHE_HOME/kiln, else ~/.cache/kiln)",
    completion: .directory) var cache: String?
  @Option(help: ArgumentHelp("What the job is called if it does not say.", visibility: .hidden)) var name: String?
  @Flag(help: ArgumentHelp("Run under the daemon: end when it ends.", visibility: .hidden)) var supervised = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads starts at 1") }
    if let seed, seed < 0 { throw ValidationError("--seed starts at 0") }
  }

  func run() throws {
    let stop = StopRequest(supervised: supervised)
    let file = JobFile(job)
    var folder = output
    do {
      let bytes = try file.read()
      var manifest = try Manifest.parse(bytes, file: file.shownPath)
      if let name, !manifest.isNamed { manifest.name = name }
      if let seed { manifest.training.seed = UInt64(seed) }
      _ = try manifest.plan()
      let folderName = manifest.name + (seed.map { "-seed\($0)" } ?? "")
      let directory = try output ?? RunFolder.free(for: folderName, job: bytes)
      folder = directory
      try RunFolder.claim(directory, job: bytes)
      if !supervised { try RunFolder.note(base: base ?? file.folder, job: bytes, in: directory) }
      try train(manifest, file, in: directory, stop)
    } catch let exit as ExitCode {
      throw exit
    } catch {
      let failure = TrainFailure(error)
      printError("kiln train: \(failure.text)")
      if let folder, supervised { try? publish(failure.text + "\n", to: "\(folder)/error.txt") }
      throw ExitCode(failure.status)
    }
  }

  private func train(_ manifest: Manifest, _ file: JobFile, in directory: String, _ stop: StopRequest) throws {
    let cache = cacheFolder(cache, environment: ProcessInfo.processInfo.environment).map { ImageCache($0) }
    let job = TrainingJob(
      name: manifest.name, network: manifest.network, data: manifest.data,
      location: DataLocation(base: base ?? file.folder, roots: dataRoots), training: manifest.training,
      checkpoints: manifest.checkpoints, threads: threads ?? manifest.resources.threads ?? processorCount(),
      cache: cache)
    let record = RunRecord(in: directory, title: manifest.name, heartbeat: job.heartbeat, cache: cache)
    let screen = TrainingScreen(name: manifest.name, directory: directory)
    do {
      var run = try TrainingRun(job, in: directory) { (event) throws(TrainingError) in
        stop.heed(event)
        try record.record(event)
        screen.show(event, record.progress)
      }
      let outcome = try run.run { stop.isRequested }
      if let complaint = cache?.complaint { printError("kiln train: no more decoded images are kept: \(complaint)") }
      try record.end(outcome.isFinished ? .done : .interrupted)
      screen.end(outcome)
      if outcome == .interrupted { throw ExitCode(StopRequest.status) }
    } catch let error as TrainingError {
      screen.clear()
      // What lies in a folder that another process trains in is that one's.
      if case .busy = error { throw error }
      try? record.end(.failed)
      throw error
    }
  }
}

/// The folder for decoded images: the one asked for, or the user's own by the XDG Base Directory Specification; nil for a
/// user without a home.
func cacheFolder(_ wish: String?, environment: [String: String]) -> String? {
  if let wish { return wish }
  if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return "\(cache)/kiln" }
  return environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.cache/kiln" : nil }
}

/// What a failed command says, and the exit status of sysexits.h for it.
struct TrainFailure {
  let text: String
  let status: Int32

  init(_ error: any Error) {
    text = "\(error)"
    status =
      switch error {
      case is ConfigurationError, is PlanError: 65
      case TrainingError.file(.locked), TrainingError.busy: StopRequest.status
      case TrainingError.memory: 71
      case TrainingError.data(let error): Self.status(of: error)
      case let error as TrainingError: error.isPermanent ? 65 : 74
      case FileError.tooLarge, FileError.notRegular, is FolderTaken: 65
      case let error as FileError: error.code == ENOENT ? 66 : 74
      default: 70
      }
  }

  /// Of data that cannot be used, or cannot be had now.
  private static func status(of error: DatasetError) -> Int32 {
    switch (error, error.kind) {
    case (.file(.system(_, _, ENOMEM)), _): 71
    case (_, .transient): 74
    case (_, .permanent): 65
    case (_, .ours): 70
    }
  }
}

func printError(_ text: String) {
  try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
}
