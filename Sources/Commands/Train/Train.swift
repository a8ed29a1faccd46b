import ArgumentParser
import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Foundation
import Manifests
import Networks
import RunFiles
import Training
import Workers

/// `kiln train`: one job, in the foreground. The daemon runs its jobs by this command too.
struct Train: Command {
  static let configuration = CommandConfiguration(
    abstract: "Train a job in the foreground.",
    discussion: """
      Results go to runs/NAME (the name in lower case, with hyphens for what is neither letter nor digit), or to the \
      folder that --output names. An interrupted run (Ctrl-C saves it first) goes on where it was when the same command \
      is given again. A changed job, and a finished one, begin afresh in a folder beside it, which is said beforehand.

          kiln train job.yaml --extend 10

      trains the job's finished run for ten epochs more: in its folder, at the rate of its last step or at --rate, as \
      extensions.json there records.
      Exit status: 0 trained, 65 the job or its data are bad or it diverged, 66 no such file, 71 not enough memory, 74 a \
      file could not be read or written, 75 interrupted and saved, or the folder is in use, 78 the folder holds a run of \
      other settings or images, or of a newer Kiln: it stays as it is.
      """)

  @Argument(help: "A job file.", completion: .file(extensions: ["yaml", "yml", "json"])) var job: String
  @Option(help: "The folder for checkpoints and metrics.", completion: .directory) var output: String?
  @Option(help: "The job's seed, instead of the file's; the run's folder is then NAME-seedN.") var seed: Int?
  @Option(help: ArgumentHelp("Train a finished run for so many epochs more.", valueName: "epochs")) var extend: Int?
  @Option(help: "With --extend: the learning rate, which stays the same; that of the run's last step if not given.")
  var rate: Double?
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
    if let extend, extend < 1 || extend > 100_000 { throw ValidationError("--extend is from 1 to 100000 epochs") }
    if let rate, !(rate > 0 && rate.isFinite) { throw ValidationError("--rate is above 0") }
    if rate != nil, extend == nil { throw ValidationError("--rate goes with --extend") }
    if let seed, seed < 0 { throw ValidationError("--seed starts at 0") }
  }

  func run(on console: Console) throws {
    // That nobody reads what is told is no reason to stop training.
    signal(SIGPIPE, SIG_IGN)
    var folder = output
    var isNew = false
    do {
      let stop = try StopRequest(supervised: supervised, environment: console.environment)
      let file = JobFile(job)
      let bytes = try file.read()
      let manifest = try manifest(bytes, file)
      let directory = try destination(of: manifest, bytes, console)
      if extend == nil, !supervised, try ForegroundRun.isFinished(directory, bytes) {
        return console.print(
          "\(directory) holds a finished run of this job: nothing is left to train. --extend 10 trains it for 10 epochs more, "
            + "--output names a folder for another run.")
      }
      folder = directory
      isNew = try facts(at: directory) == nil
      if try CheckpointStore(run: directory).steps().isEmpty { try manifest.checkBatches(manifest.plan()) }
      let initialRun = try initialRun(manifest, file, directory)
      try ForegroundRun.claim(directory, job: bytes)
      if let extend {
        let added = try ForegroundRun.extend(directory, epochs: extend, rate: rate)
        console.print(
          "\(directory): \(extend) epochs more, from \(added.after) to \(added.end), at a learning rate of "
            + "\(added.learningRate)")
      }
      if !supervised { try ForegroundRun.note(base: base ?? file.folder, job: bytes, in: directory) }
      try train(manifest, file, in: directory, initialRun, stop, console)
    } catch {
      let failure = CommandFailure(error)
      if let folder, supervised { leave(failure, in: folder, console) }
      if let folder, isNew, !supervised, failure.status == .badData { try ForegroundRun.abandon(folder) }
      throw failure
    }
  }

  /// The job as it is to be trained: the command line has the last word.
  private func manifest(_ bytes: [UInt8], _ file: JobFile) throws(ConfigurationError) -> Manifest {
    var manifest = try Manifest.parse(bytes, file: file.shownPath)
    if let name, !manifest.isNamed { manifest.name = name }
    if let seed { manifest.training.seed = UInt64(seed) }
    _ = try manifest.plan()
    // Before there is a folder for a run that cannot begin.
    if !supervised { try manifest.findData(at: DataLocation(base: base ?? file.folder, roots: dataRoots)) }
    return manifest
  }

  /// The one that is named, or runs/NAME, or what it says instead.
  private func destination(of manifest: Manifest, _ bytes: [UInt8], _ console: Console) throws -> String {
    let name = manifest.name + (seed.map { "-seed\($0)" } ?? "")
    if extend != nil { return try ForegroundRun.finished(name, job: bytes, in: output) }
    if let output { return output }
    let choice = try ForegroundRun.choose(for: name, job: bytes)
    if let passedOver = choice.passedOver {
      console.print("\(passedOver.folder) \(passedOver.reason); this run starts afresh in \(choice.folder)")
    }
    return choice.folder
  }

  /// Tells the daemon why the attempt failed.
  private func leave(_ failure: CommandFailure, in folder: String, _ console: Console) {
    guard let text = failure.text else { return }
    do throws(FileError) {
      try publish(text + "\n", to: RunFolder(folder)[.failure])
    } catch {
      // The daemon still has the exit status, and its log this.
      console.complain("kiln: \(error)")
    }
  }

  /// The folder of the run that the network begins with; nil if the job names none.
  private func initialRun(_ manifest: Manifest, _ file: JobFile, _ directory: String) throws -> String? {
    guard case .run(let checkpoint) = manifest.training.initialFrom else { return nil }
    // The run has begun, and has a copy.
    if try facts(at: RunFolder(directory)[.initial]) != nil { return nil }
    do {
      return try NamedRun.folder(checkpoint.run, base: supervised ? nil : base ?? file.folder, beside: directory)
    } catch let error as NamedRun.Unknown {
      throw (manifest.places.initialFrom ?? manifest.places.job).error(error.problem, hint: error.cure)
    }
  }

  private func train(
    _ manifest: Manifest, _ file: JobFile, in directory: String, _ initialRun: String?, _ stop: StopRequest,
    _ console: Console
  ) throws {
    let cache = cacheFolder(cache, environment: console.environment).map { ImageCache($0) }
    var job = TrainingJob(
      name: manifest.name, network: manifest.network, data: manifest.data,
      location: DataLocation(base: base ?? file.folder, roots: dataRoots), training: manifest.training,
      checkpoints: manifest.checkpoints, threads: threads ?? manifest.resources.threads ?? processorCount(),
      cache: cache)
    job.extensions = try ForegroundRun.extensions(of: directory)
    job.initialRun = initialRun
    let record = RunRecord(
      in: directory, title: manifest.name, heartbeat: job.heartbeat, cache: cache, machine: machine(job.threads))
    let screen = TrainingScreen(name: manifest.name, directory: directory, console)
    do {
      var run = try TrainingRun(job, in: directory) { (event) throws(TrainingError) in
        stop.heed(event)
        try record.record(event)
        screen.show(event, record.progress)
      }
      let outcome = try run.run { stop.isRequested }
      if let complaint = cache?.complaint { console.complain("kiln: no more decoded images are kept: \(complaint)") }
      try record.end(outcome.isFinished ? .done : .interrupted)
      screen.end(outcome)
      // What could not be told is in the run's folder.
      console.forgetFailure()
      if outcome == .interrupted { throw CommandFailure(.tryAgain) }
    } catch let error as TrainingError {
      screen.clear()
      // What lies in a folder that another process trains in is that one's.
      if case .busy = error { throw error }
      fail(record, error, console)
      throw error
    }
  }

  private func machine(_ threads: Int) -> String {
    "\(Machine.own.host), \(Machine.own.processor), \(threads) \(threads == 1 ? "thread" : "threads")"
  }

  /// The run's record says that it failed, if it can.
  private func fail(_ record: RunRecord, _ failure: TrainingError, _ console: Console) {
    do { try record.fail(failure) } catch { console.complain("kiln: \(error)") }
  }
}

/// The folder for decoded images: the one asked for, or the user's own by the XDG Base Directory Specification; nil for a
/// user without a home.
func cacheFolder(_ wish: String?, environment: [String: String]) -> String? {
  if let wish { return wish }
  if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return "\(cache)/kiln" }
  return environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.cache/kiln" : nil }
}
