import ArgumentParser
import Charts
import Configuration
import Datasets
import DurableFiles
import Glibc
import RunFiles
import Training
import Workers

/// `kiln verify`: whether a run is what it says, and what its job gives.
struct Verify: Command {
  static let configuration = CommandConfiguration(
    abstract: "Check every file of a run, and train it again to prove its result.",
    discussion: """
      Checks checkpoints against their checksums, links, metrics against checkpoints, images against the run's account of \
      them, the job against what the checkpoints say, and names what else lies in the folder. Nothing is written there, and \
      no lock is taken. --pixels decodes the images, too, and names those that are others by now.

      --replay trains the job again, from its start or from a checkpoint, in a scratch folder, and compares every checkpoint \
      and every row of metrics.jsonl on the way bit by bit: proof that the result follows from the job and the images. It \
      takes as long as the training did. On a difference it says at which step and in which tensor the runs part, and trains \
      on from the checkpoint in question, which tells a changed checkpoint from a training that went wrong. Images are read \
      from their files, not from the cache.

      Example: kiln verify runs/cells --replay --from 400
      Exit status: 0 everything is right, 65 something is not (all of it is told), 66 if there is no such run, 74 if a file \
      could not be read or written, 75 if it was interrupted.
      """)

  @Argument(help: ArgumentHelp("A run's folder.", valueName: "run"), completion: .directory) var folder: String
  @Flag(help: "Decode every image, and compare its pixels with those that the run was trained on.") var pixels = false
  @Flag(help: "Train again, and compare.") var replay = false
  @Option(help: "The step of the checkpoint to begin with; 0 is the start. (default: 0)") var from: Int?
  @Option(help: "The step of the last checkpoint to compare. (default: the newest)") var to: Int?
  @Option(help: "Threads; the result does not depend on them.") var threads = processorCount()
  @Option(help: "Where the replay keeps a few checkpoints. (default: $TMPDIR, else /tmp)", completion: .directory)
  var scratch: String?
  @Option(
    help: "A statement that `kiln export --format provenance` wrote: is it of this run, as it is?",
    completion: .file(extensions: ["json"])) var provenance: String?
  @Option(help: "Where relative data paths start from, instead of where the run's did.", completion: .directory)
  var base: String?
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if threads < 1 { throw ValidationError("--threads starts at 1") }
    for step in [from, to].compactMap({ $0 }) where step < 0 { throw ValidationError("steps start at 0") }
    if !replay, from != nil || to != nil || scratch != nil {
      throw ValidationError("--from, --to and --scratch belong to --replay")
    }
  }

  func run(on console: Console) throws {
    let run = try VerifiedRun(folder, base: base)
    var report = VerifyReport(folder, run)
    report.checks = try run.checks()
    if pixels { report.checks.append(try run.pixels(threads: threads)) }
    if let provenance { report.checks.append(try claim(provenance, of: run)) }
    if replay { report.add(try replayed(run, console)) }
    try console.answer(report, asJSON: json, text: report.text)
    if !report.isRight { throw CommandFailure(.badData) }
  }

  private func claim(_ file: String, of run: VerifiedRun) throws -> RunCheck {
    let bytes = try readFile(file, limit: 64 << 20)
    var check = RunCheck("provenance", file)
    let own: RunProvenance
    do { own = try RunProvenance(of: run) } catch let error as CommandFailure where error.status == .badData {
      check.wrong("the run is not one that a statement could be of: \(error.text ?? "")", "see the other findings")
      return check
    }
    do { return try ProvenanceClaim(bytes, file: file).check(against: own) } catch {
      check.wrong("\(error)", "name a file that `kiln export --format provenance` wrote")
      return check
    }
  }

  private func replayed(_ run: VerifiedRun, _ console: Console) throws -> (check: RunCheck, replay: ReplayReport?) {
    guard let job = run.job(threads: threads) else {
      return (.unchecked("replay", "nobody knows what the job was"), nil)
    }
    guard !run.checkpoints.isEmpty else { return (.unchecked("replay", "there is no checkpoint to compare"), nil) }
    try requireCheckpoints(of: run)
    let replay = try Replay(of: job, run.checkpoints, rows: run.rows, from: from, to: to)
    let stop = try StopRequest(supervised: false, environment: console.environment)
    // From here on there is a folder to be removed.
    stop.heed(.saved(step: 0))
    let place = try scratchFolder(console)
    var screen = ReplayScreen(console)
    let found: ReplayFindings?
    do {
      found = try replay.findings(in: place, { screen.show($0) }, shouldStop: { stop.isRequested })
    } catch {
      try removeTree(place)
      throw error
    }
    console.show(live: "")
    try removeTree(place)
    guard let found else { throw CommandFailure("the replay was interrupted; nothing was found until then", .tryAgain) }
    let damaged = Set(run.checkpoints.filter { $0.damage != nil }.map(\.step))
    let account = try facts(at: run.folder[.data])
    let modified = try run.dataset.map { dataset in
      try account.map { try run.modifiedImages(dataset, since: $0.modified) } ?? []
    }
    var check = ReplayVerdict(findings: found, damaged: damaged, modified: Set((modified ?? []).map(ByteText.init)))
      .check
    try run.compareAccount(found.account, &check)
    return (check, ReplayReport(found))
  }

  private func requireCheckpoints(of run: VerifiedRun) throws {
    let steps = run.checkpoints.map(\.step)
    for step in [from, to].compactMap({ $0 }) where step != 0 && !steps.contains(step) {
      throw CommandFailure(
        "\(folder) has no checkpoint of step \(step) that can be read; there are those of \(listed(steps.map(String.init), most: 20))",
        .noInput)
    }
    guard let last = to ?? run.checkpoints.last?.step, last == 0 || last > from ?? 0 else {
      throw CommandFailure("no checkpoint comes after step \(from ?? 0): name an earlier one with --from", .noInput)
    }
  }

  /// A new folder, which nobody else may look into.
  private func scratchFolder(_ console: Console) throws -> String {
    let above = scratch ?? console.environment["TMPDIR"] ?? "/tmp"
    guard let place = try resolvedPath(above) else {
      throw CommandFailure("\(above): no such folder; name one with --scratch", .noInput)
    }
    if let own = try resolvedPath(folder), isBeneath(place, own) {
      throw CommandFailure("\(above) lies in the run's folder, which is not written to; name another --scratch", .usage)
    }
    let made = "\(place)/kiln-replay-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    try createDirectories(made, mode: 0o700)
    return made
  }
}

/// The live line of a replay.
private struct ReplayScreen {
  private let console: Console
  private var lastShown: ContinuousClock.Instant?

  init(_ console: Console) { self.console = console }

  mutating func show(_ progress: ReplayProgress) {
    let now = ContinuousClock.now
    guard console.isTerminal, lastShown.map({ now - $0 >= .milliseconds(200) }) ?? true else { return }
    lastShown = now
    switch progress {
    case .preparing(let images, let total):
      console.show(live: "replay: decoding images: \(images.grouped) of \(total.grouped) …")
    case .training(let step, let range, let secondsLeft):
      let start = range.lowerBound == 0 ? "" : " from step \(range.lowerBound.grouped)"
      let left = secondsLeft.map { "  \(duration($0)) left" } ?? ""
      console.show(live: "replay\(start): step \(step.grouped) of \(range.upperBound.grouped)\(left)")
    }
  }
}
