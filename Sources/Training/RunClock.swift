import Datasets

/// Speed over the last steps and over the epoch; shown, never computed with.
struct RunClock {
  private let clock = ContinuousClock()
  private var lapStart: ContinuousClock.Instant?
  private var epochSeconds = 0.0
  private var epochImages = 0
  private var speed = 0.0
  private var epochTimes = PipelineTimes()
  private var pipelineTimes = PipelineTimes()
  private let birth = ContinuousClock.now

  /// Since the run was taken up.
  var secondsSinceStart: Double { (ContinuousClock.now - birth) / .seconds(1) }

  private var lastSave = ContinuousClock.now

  /// Since the run was saved or, if it was not, began.
  var secondsSinceSave: Double { (ContinuousClock.now - lastSave) / .seconds(1) }

  mutating func saved() { lastSave = .now }

  mutating func start() { lapStart = clock.now }

  /// Ends a step.
  /// - Returns: images a second, smoothed over some ten steps.
  mutating func lap(images: Int) -> Double {
    let now = clock.now
    let seconds = (now - (lapStart ?? now)) / .seconds(1)
    lapStart = now
    epochSeconds += seconds
    epochImages += images
    guard seconds > 0 else { return speed }
    let current = Double(images) / seconds
    speed = speed == 0 ? current : 0.9 * speed + 0.1 * current
    return speed
  }

  /// What a new pipeline measures begins at 0.
  mutating func startPipeline() { pipelineTimes = PipelineTimes() }

  /// - Parameter times: what the pipeline has measured up to now.
  mutating func note(_ times: PipelineTimes) {
    epochTimes = epochTimes + times - pipelineTimes
    pipelineTimes = times
  }

  /// - Returns: of the epoch's steps; of an epoch that was interrupted, those since.
  mutating func finishEpoch() -> (imagesPerSecond: Double, seconds: Double, times: PipelineTimes) {
    defer {
      epochSeconds = 0
      epochImages = 0
      epochTimes = PipelineTimes()
    }
    return (epochSeconds > 0 ? Double(epochImages) / epochSeconds : 0, epochSeconds, epochTimes)
  }
}
