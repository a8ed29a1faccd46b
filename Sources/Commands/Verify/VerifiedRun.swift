import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Glibc
import Jobs
import Manifests
import RunFiles
import Training

/// A run as its folder has it, read once. What cannot be read because it is damaged is told with it; what cannot be read
/// now is an error.
struct VerifiedRun {
  enum Images {
    case listed(Dataset)
    /// Why the images cannot be listed.
    case unlisted(String)
  }

  let folder: RunFolder
  let store: CheckpointStore
  let holder: FileLock.Holder
  /// In the order in which a run comes by them.
  let checkpoints: [KeptCheckpoint]
  /// Steps of checkpoints of which not even the state can be read, and why.
  let unreadable: [(step: Int, reason: String)]
  /// Nil if there is no metrics.jsonl.
  let metrics: MetricsLog.Content?
  /// Nil if there is no job.yaml.
  let jobBytes: [UInt8]?
  /// Nil if it is no job.
  let manifest: Manifest?
  let jobFault: String?
  let origin: Origin?
  /// Nil if extensions.json cannot be understood.
  let readExtensions: [Extension]?
  /// Nil if the run does not say what its job is.
  let images: Images?
  /// Where relative paths of the job start from.
  let base: String

  /// - Parameter base: instead of what the run says.
  init(_ path: String, base: String?) throws {
    folder = RunFolder(path)
    store = CheckpointStore(run: path)
    guard try facts(at: path) != nil else {
      throw CommandFailure("\(path): no such folder; name a run's folder, as runs/NAME", .noInput)
    }
    guard try RunFile.allCases.contains(where: { try facts(at: RunFolder(path)[$0]) != nil }) else {
      throw CommandFailure("\(path) is not the folder of a run; name one, as runs/NAME", .noInput)
    }
    holder = try FileLock.holder(of: folder[.lock])
    (checkpoints, unreadable) = try Self.checkpoints(of: store, isTraining: holder != .nobody)
    metrics = try facts(at: folder[.metrics]) == nil ? nil : MetricsLog.read(folder[.metrics])
    jobBytes = try facts(at: folder[.job]) == nil ? nil : readFile(folder[.job], limit: Submission.largest)
    do {
      manifest = try jobBytes.map { try Manifest.parse($0, file: RunFolder(path)[.job]) }
      jobFault = nil
    } catch let error as ConfigurationError { (manifest, jobFault) = (nil, "\(error)") }
    origin = try Self.origin(folder)
    readExtensions =
      try facts(at: folder[.extensions]) == nil ? [] : Extension.list(readFile(folder[.extensions], limit: 1 << 20))
    self.base = base ?? origin?.base ?? path
    images = try Self.images(manifest, seed: checkpoints.last?.metadata["seed"], at: DataLocation(base: self.base))
  }

  private static func checkpoints(
    of store: CheckpointStore, isTraining: Bool
  ) throws -> (kept: [KeptCheckpoint], unreadable: [(step: Int, reason: String)]) {
    var kept: [KeptCheckpoint] = []
    var unreadable: [(step: Int, reason: String)] = []
    for step in try store.steps() {
      do throws(TrainingError) {
        kept.append(try KeptCheckpoint(step: step, in: store))
      } catch {
        if case .checkpoint(let trouble) = error, !trouble.isDamage { throw trouble }
        // A run that goes on removes its oldest ones.
        if isTraining, try facts(at: store.path(of: step)) == nil { continue }
        unreadable.append((step, "\(error)"))
      }
    }
    return (kept.sorted { $0.place < $1.place }, unreadable)
  }

  private static func origin(_ folder: RunFolder) throws -> Origin? {
    guard try facts(at: folder[.origin]) != nil else { return nil }
    return Origin(try readFile(folder[.origin], limit: Submission.largestOrigin))
  }

  private static func images(_ manifest: Manifest?, seed: String?, at location: DataLocation) throws -> Images? {
    guard let manifest else { return nil }
    do {
      return .listed(
        try Dataset.load(manifest.data, at: location, seed: seed.flatMap { UInt64($0) } ?? manifest.training.seed))
    } catch {
      guard error.kind != .transient else { throw error }
      return .unlisted("\(error)")
    }
  }

  /// The newest checkpoint that is whole, or else the newest that can be read.
  var newest: KeptCheckpoint? { checkpoints.last { $0.damage == nil } ?? checkpoints.last }

  /// What it was trained for beyond its job.
  var extensions: [Extension] { readExtensions ?? [] }

  var isTraining: Bool { holder != .nobody }

  var rows: [MetricRow] { metrics?.rows ?? [] }
  var steps: [StepRow] { rows.compactMap { if case .step(let row) = $0 { row } else { nil } } }
  var epochs: [EpochRow] { rows.compactMap { if case .epoch(let row) = $0 { row } else { nil } } }
  var tests: [TestRow] { rows.compactMap { if case .test(let row) = $0 { row } else { nil } } }

  var dataset: Dataset? { if case .listed(let dataset) = images { dataset } else { nil } }

  /// The job as the run trained it: its seed is the checkpoints', since the command line may have chosen it.
  func job(threads: Int) -> TrainingJob? {
    manifest.map { manifest in
      var training = manifest.training
      if let seed = newest?.metadata["seed"].flatMap({ UInt64($0) }) { training.seed = seed }
      var job = TrainingJob(
        name: newest?.metadata["job"] ?? manifest.name, network: manifest.network, data: manifest.data,
        location: DataLocation(base: base), training: training, checkpoints: manifest.checkpoints, threads: threads)
      job.extensions = extensions
      job.initialRun = initialRun
      if (try? facts(at: folder[.initial])) ?? nil != nil { job.initialKept = folder[.initial] }
      return job
    }
  }

  /// The run that the network began with; nil if the job names none, or if it is not there any more.
  private var initialRun: String? {
    guard case .run(let checkpoint) = manifest?.training.initialFrom else { return nil }
    return try? NamedRun.folder(checkpoint.run, base: base, beside: folder.path)
  }

  /// All checks but the replay, in the order in which they are told.
  func checks() throws -> [RunCheck] {
    [
      try job(), try checkpointFiles(), try link(.latest), try link(.best), log(), logAgainstCheckpoints(),
      try data(), try skippedImages(), try progress(), try history(), try decisions(), try curve(), try strangers(),
    ].compactMap { $0 }
  }
}
