import DurableFiles
import RunFiles
public import Workers

/// The checkpoints of one run:
///
///     RUN/checkpoints/00000120/model.safetensors      what was trained
///     RUN/checkpoints/00000120/training.safetensors   what else is needed to go on: optimizer, place, random streams
///     RUN/latest, RUN/best                            links to one of them
///
/// A checkpoint's directory appears whole or not at all. Names that begin with a dot are unfinished, names that end in
/// `.damaged` are set aside. Only the process that holds the run's lock writes here; reading needs no lock.
public struct CheckpointStore: Sendable {
  public let run: String
  private let heartbeat: Heartbeat

  /// - Parameter heartbeat: ticks with each tensor and each few megabytes that are written.
  public init(run directory: String, heartbeat: Heartbeat = Heartbeat()) {
    run = directory
    self.heartbeat = heartbeat
  }

  /// Makes the folders and removes what a crash left unfinished.
  public func prepare() throws(CheckpointError) {
    try onDisk { () throws(FileError) in
      try createDirectories(folder)
      for name in try names(in: folder) where name.hasPrefix(".") {
        try removeTree("\(folder)/\(name)")
      }
      try removeUnfinished(in: run)
    }
    for name in [RunFile.latest, .best] where try isCopied(name) { try adopt(name) }
  }

  /// Writes the checkpoint of `step`, points `latest` to it, and removes the oldest ones.
  ///
  /// The best one and this one are never removed. One that exists at this step is replaced in one instant.
  /// - Parameters:
  ///   - modelMetadata: recorded in model.safetensors; nothing here may depend on the clock, so that the same
  ///     training gives the same bytes.
  ///   - state: recorded in training.safetensors.
  ///   - keep: how many of the newest remain; at least one does.
  public func publish(
    step: Int, model: [NamedTensor], modelMetadata: [String: String], training: [NamedTensor],
    state: [String: String], keep: Int
  ) throws(CheckpointError) {
    let best = try bestStep
    let modelBytes = try Safetensors.encode(model, metadata: modelMetadata, heartbeat)
    let trainingBytes = try Safetensors.encode(training, metadata: state, heartbeat)
    try onDisk { () throws(FileError) in
      let unfinished = "\(folder)/.\(Self.name(of: step)).unfinished"
      try removeTree(unfinished)
      try createDirectories(unfinished)
      // Not durable one by one: the directory is synced with all it holds before it appears.
      try DurableFiles.publish(
        modelBytes, to: "\(unfinished)/\(CheckpointFile.model.rawValue)", .atomic, wrote: heartbeat.tick)
      try DurableFiles.publish(
        trainingBytes, to: "\(unfinished)/\(CheckpointFile.training.rawValue)", .atomic, wrote: heartbeat.tick)
      if try facts(at: path(of: step)) == nil {
        try publishDirectory(unfinished, to: path(of: step))
      } else {
        try replaceDirectory(at: path(of: step), by: unfinished)
      }
      try link(.latest, to: step)
      let protected = [step, best].compactMap { $0 }
      for old in Self.superfluous(try listSteps(), keep: keep, protected: protected) { try discard(old) }
    }
  }

  /// Removes the checkpoints beyond a step, newest last, so that a crash in between leaves the newest.
  public func forget(after step: Int) throws(CheckpointError) {
    try onDisk { () throws(FileError) in
      for later in try listSteps() where later > step { try discard(later) }
    }
  }

  /// Points `best` to the checkpoint of `step`, which must exist; nil takes the mark away.
  public func markBest(step: Int?) throws(CheckpointError) {
    try onDisk { () throws(FileError) in try mark(.best, step) }
  }

  /// The same for `latest`, where a crash kept `publish` from doing it.
  public func markLatest(step: Int?) throws(CheckpointError) {
    try onDisk { () throws(FileError) in try mark(.latest, step) }
  }

  /// Moves a damaged checkpoint out of the count, to `STEP.damaged`, where somebody may look at it. One that lies there from
  /// an earlier time stays: the next is `STEP.damaged-2`.
  public func setAside(step: Int) throws(CheckpointError) {
    try onDisk { () throws(FileError) in try moveAside(path(of: step), as: "damaged") }
  }

  /// The steps that have a checkpoint, ascending; none if the run has no folder for them.
  public func steps() throws(CheckpointError) -> [Int] {
    try onDisk { () throws(FileError) in try listSteps() }
  }

  /// The step that `best` points to; nil before the first `markBest`.
  public var bestStep: Int? {
    get throws(CheckpointError) { try onDisk { () throws(FileError) in try markedStep(.best) } }
  }

  /// The step that `latest` points to, which need not be the newest valid one.
  public var latestStep: Int? {
    get throws(CheckpointError) { try onDisk { () throws(FileError) in try markedStep(.latest) } }
  }

  public func path(of step: Int) -> String {
    "\(folder)/\(Self.name(of: step))"
  }

  /// Which of the steps (ascending) go when `keep` of the newest and the protected ones stay.
  static func superfluous(_ steps: [Int], keep: Int, protected: [Int]) -> [Int] {
    steps.dropLast(max(1, keep)).filter { !protected.contains($0) }
  }

  /// Eight digits, so that names sort as numbers do; more when a run is that long.
  static func name(of step: Int) -> String {
    let digits = String(step)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  static func step(of name: String) -> Int? {
    Int(name).flatMap { $0 >= 0 && Self.name(of: $0) == name ? $0 : nil }
  }
}

extension CheckpointStore {
  private var folder: String { RunFolder(run)[.checkpoints] }

  private func listSteps() throws(FileError) -> [Int] {
    guard try facts(at: folder) != nil else { return [] }
    return try names(in: folder).compactMap(Self.step(of:)).sorted()
  }

  private func markedStep(_ name: RunFile) throws(FileError) -> Int? {
    try linkTarget(at: RunFolder(run)[name])?.split(separator: "/").last.flatMap { Self.step(of: String($0)) }
  }

  private func mark(_ name: RunFile, _ step: Int?) throws(FileError) {
    guard let step else { return try remove(RunFolder(run)[name]) }
    guard try facts(at: path(of: step)) != nil else { throw .missing(path(of: step)) }
    try link(name, to: step)
  }

  private func link(_ name: RunFile, to step: Int) throws(FileError) {
    try replaceSymlink(at: RunFolder(run)[name], to: "\(RunFile.checkpoints.rawValue)/\(Self.name(of: step))")
  }

  /// Gives what lies at `path` a name behind which nothing lies yet.
  func moveAside(_ path: String, as word: String) throws(FileError) {
    var number = 1
    while true {
      let aside = number == 1 ? "\(path).\(word)" : "\(path).\(word)-\(number)"
      guard try facts(at: aside) != nil else { return try move(path, to: aside) }
      number += 1
    }
  }

  /// Out of sight by one rename, then file by file: a crash in between leaves no half checkpoint.
  private func discard(_ step: Int) throws(FileError) {
    let discarded = "\(folder)/.\(Self.name(of: step)).discarded"
    try removeTree(discarded)
    try move(path(of: step), to: discarded)
    try removeTree(discarded)
  }
}
