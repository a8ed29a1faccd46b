/// Who waited for whom while an epoch was trained, in seconds. Those of the decoders are added up over their threads.
public struct PipelineSeconds: Sendable, Equatable {
  /// Training, for images.
  public var wait: Double
  /// `wait` as a share of the time of the epoch's steps, 0...1.
  public var waitShare: Double
  /// Decoders, for room: they were ahead of training.
  public var idle: Double
  /// Decoders, at all of their work.
  public var busy: Double
  /// Of that, until the bytes of image files were in memory.
  public var read: Double
  /// From there to squares.
  public var decode: Double
  /// Looking into the cache on disk, reading from it and writing to it.
  public var cache: Double
  /// Changing images as training shows them.
  public var augment: Double

  public init(
    wait: Double, waitShare: Double, idle: Double, busy: Double, read: Double, decode: Double, cache: Double,
    augment: Double
  ) {
    self.wait = wait
    self.waitShare = waitShare
    self.idle = idle
    self.busy = busy
    self.read = read
    self.decode = decode
    self.cache = cache
    self.augment = augment
  }

  /// The members of a row, each with what it is called there.
  static var keys: KeyValuePairs<String, WritableKeyPath<PipelineSeconds, Double>> {
    [
      "waitSeconds": \.wait, "waitShare": \.waitShare, "idleSeconds": \.idle, "busySeconds": \.busy,
      "readSeconds": \.read, "decodeSeconds": \.decode, "cacheSeconds": \.cache, "augmentSeconds": \.augment,
    ]
  }

  /// - Parameter number: the member of a row; nil where there is none.
  /// - Returns: nil for a row of a version that did not measure.
  init?(_ number: (String) throws -> Double?) rethrows {
    self.init(wait: 0, waitShare: 0, idle: 0, busy: 0, read: 0, decode: 0, cache: 0, augment: 0)
    for (key, part) in Self.keys {
      guard let value = try number(key) else { return nil }
      self[keyPath: part] = value
    }
  }
}
