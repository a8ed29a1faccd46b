import FoundationEssentials
import Glibc
import Jobs

/// `status.json`, for other programs.
struct StatusFile: Encodable {
  var process: Int32
  var serving: Bool
  var stopping: Bool
  var draining: Bool
  var updated: String
  var jobs: [String: Int]
  var running: [Running]
  var freeBytes: Int?
  var cacheBytes: Int?

  struct Running: Encodable {
    var id: String
    var name: String
    var attempt: Int
    var epoch: Int?
    var epochs: Int?
    var step: Int?
    var steps: Int?
    /// Null while it is not a finite number.
    var loss: Double?
    var imagesPerSecond: Double?
    var secondsLeft: Int?
    var checkpointAge: Double?
    var skippedImages: Int

    init(_ job: Figures.Running) {
      (id, name, attempt) = (job.id.description, job.name, job.attempt)
      (epoch, epochs) = (job.progress?.epoch, job.progress?.epochs)
      (step, steps) = (job.progress?.step, job.progress?.steps)
      loss = job.progress?.loss.flatMap { $0.isFinite ? $0 : nil }
      imagesPerSecond = job.progress.flatMap { $0.imagesPerSecond.isFinite ? $0.imagesPerSecond : nil }
      secondsLeft = job.progress?.secondsLeft
      (checkpointAge, skippedImages) = (job.checkpointAge, job.skippedImages)
    }
  }

  init(_ figures: Figures, isServing: Bool, isStopping: Bool, now: Double) {
    (process, serving, stopping, draining) = (getpid(), isServing, isStopping, figures.isDraining)
    updated = timestamp(now)
    jobs = Dictionary(uniqueKeysWithValues: figures.counts.map { ($0.rawValue, $1) })
    running = figures.running.map(Running.init)
    (freeBytes, cacheBytes) = (figures.freeBytes, figures.cacheBytes)
  }

  /// As it lies in the file; nil if there is no such form: a figure that is not finite. The last one stays then.
  var bytes: [UInt8]? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { Array($0) + [UInt8(ascii: "\n")] }
  }
}
