/// Speed over the last steps and over the epoch; shown, never computed with.
struct RunClock {
  private let clock = ContinuousClock()
  private var lapStart: ContinuousClock.Instant?
  private var epochSeconds = 0.0
  private var epochImages = 0
  private var speed = 0.0
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

  mutating func finishEpoch() -> (imagesPerSecond: Double, seconds: Double) {
    defer {
      epochSeconds = 0
      epochImages = 0
    }
    return (epochSeconds > 0 ? Double(epochImages) / epochSeconds : 0, epochSeconds)
  }
}
