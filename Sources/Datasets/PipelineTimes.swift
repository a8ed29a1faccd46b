/// Who waited for whom, and what the decoders did, in seconds. Those of the decoders are added up over their threads.
public struct PipelineTimes: Sendable, Equatable {
  /// Training, for a batch.
  public var waiting = 0.0
  /// Decoders, for room: they are ahead of training.
  public var idle = 0.0
  /// Decoders, at work. The next four are parts of it; the rest is the wait for memory and what is left.
  public var busy = 0.0
  /// Until the bytes of image files were in memory.
  public var reading = 0.0
  /// From there to squares.
  public var decoding = 0.0
  /// Looking into the cache on disk, reading from it and writing to it.
  public var caching = 0.0
  /// Changing images as training shows them.
  public var changing = 0.0

  public init() {}

  /// The share of their time in which decoders had nothing to do; 0 if there were none.
  public var idleShare: Double { idle + busy > 0 ? idle / (idle + busy) : 0 }

  /// A part of the decoders' time, as a share of all of it.
  public func share(of part: Double) -> Double { idle + busy > 0 ? part / (idle + busy) : 0 }

  public static func + (left: PipelineTimes, right: PipelineTimes) -> PipelineTimes { left.combined(right, +) }
  public static func - (left: PipelineTimes, right: PipelineTimes) -> PipelineTimes { left.combined(right, -) }

  private func combined(_ other: PipelineTimes, _ combine: (Double, Double) -> Double) -> PipelineTimes {
    var result = PipelineTimes()
    for part in [\PipelineTimes.waiting, \.idle, \.busy, \.reading, \.decoding, \.caching, \.changing] {
      result[keyPath: part] = combine(self[keyPath: part], other[keyPath: part])
    }
    return result
  }
}

/// How long something takes, in seconds.
struct Stopwatch {
  private let start = ContinuousClock.now

  var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
}
