import Charts
import Datasets
import Training

/// The line on who waited for whom: training for images, or decoders for room.
struct PipelineLine {
  private var first = Wait()
  private var later = Wait()
  private var times = PipelineTimes()

  private struct Wait {
    var waiting = 0.0
    var seconds = 0.0

    var share: String { "\(fixed(100 * min(waiting / seconds, 1), 1))%" }
  }

  mutating func add(_ epoch: EpochReport) {
    times = times + epoch.times
    let wait = epoch.epoch == 1 ? \PipelineLine.first : \.later
    self[keyPath: wait].waiting += epoch.times.waiting
    self[keyPath: wait].seconds += epoch.seconds
  }

  /// Nil if no epoch has ended.
  var text: String? {
    let shares = [(first, "the first epoch"), (later, first.seconds > 0 ? "the others" : "its time")]
      .filter { $0.0.seconds > 0 }.map { "\($0.0.share) of \($0.1)" }
    guard !shares.isEmpty else { return nil }
    let work = [
      ("reading", times.reading), ("decoding", times.decoding), ("cache", times.caching),
      ("augmentation", times.changing),
    ].map { "\($0.0) \(fixed(100 * times.share(of: $0.1), 1))%" }
    return "training waited for images \(shares.joined(separator: " and ")); "
      + "decoders: idle \(fixed(100 * times.idleShare, 0))%, \(work.joined(separator: ", "))"
  }
}
