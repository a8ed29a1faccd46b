/// `status.json`: what the daemon is at, for other programs.
public struct StatusFile: Codable, Sendable, Equatable {
  public var process: Int32
  public var serving: Bool
  public var stopping: Bool
  public var draining: Bool
  /// ISO 8601, UTC.
  public var updated: String
  /// How many jobs are in each `StateFolder`, by its name.
  public var jobs: [String: Int]
  public var running: [Running]
  public var freeBytes: Int?
  public var cacheBytes: Int?

  /// A job at work. What its trainer has not yet said is nil, and so is what is no finite number.
  public struct Running: Codable, Sendable, Equatable {
    public var id: String
    public var name: String
    public var attempt: Int
    public var epoch: Int?
    public var epochs: Int?
    public var step: Int?
    public var steps: Int?
    public var loss: Double?
    public var imagesPerSecond: Double?
    public var secondsLeft: Int?
    /// Seconds since the newest checkpoint.
    public var checkpointAge: Double?
    public var skippedImages: Int

    public init(id: String, name: String, attempt: Int, progress: Progress?, checkpointAge: Double?, skippedImages: Int)
    {
      (self.id, self.name, self.attempt) = (id, name, attempt)
      // As long as the images are looked at, nobody knows how many epochs and steps there will be.
      let counted = progress.flatMap { $0.epochs > 0 ? $0 : nil }
      (epoch, epochs) = (counted?.epoch, counted?.epochs)
      (step, steps) = (counted?.step, counted?.steps)
      loss = progress?.loss.flatMap { $0.isFinite ? $0 : nil }
      imagesPerSecond = progress.flatMap { $0.imagesPerSecond.isFinite ? $0.imagesPerSecond : nil }
      secondsLeft = progress?.secondsLeft
      (self.checkpointAge, self.skippedImages) = (checkpointAge, skippedImages)
    }
  }

  public init(process: Int32, serving: Bool, stopping: Bool, draining: Bool, updated: String) {
    (self.process, self.serving, self.stopping, self.draining) = (process, serving, stopping, draining)
    self.updated = updated
    (jobs, running) = ([:], [])
  }
}
