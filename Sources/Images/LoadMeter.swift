import Synchronization

/// What loading images has taken so far, added up over all threads that load.
public final class LoadMeter: Sendable {
  private let nanosecondsOfReading = Atomic<Int>(0)
  private let nanosecondsOfDecoding = Atomic<Int>(0)

  public init() {}

  /// Until the bytes of the files were in memory, in seconds.
  public var reading: Double { Double(nanosecondsOfReading.load(ordering: .relaxed)) / 1e9 }
  /// From their bytes to squares, without the wait for memory, in seconds.
  public var decoding: Double { Double(nanosecondsOfDecoding.load(ordering: .relaxed)) / 1e9 }

  func measureReading<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let start = ContinuousClock.now
    defer { nanosecondsOfReading.add(Int((ContinuousClock.now - start) / .nanoseconds(1)), ordering: .relaxed) }
    return try body()
  }

  func measureDecoding<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let start = ContinuousClock.now
    defer { nanosecondsOfDecoding.add(Int((ContinuousClock.now - start) / .nanoseconds(1)), ordering: .relaxed) }
    return try body()
  }
}
