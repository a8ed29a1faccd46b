/// How a trainer learns that its daemon is gone, whatever ended it.
///
/// The trainer holds the reading end of a pipe, of which the daemon holds the other end. When the daemon dies, the trainer
/// reads the end of the file there, saves and ends.
public enum Lifeline {
  /// The variable of the environment that tells the trainer the descriptor's number.
  public static let variable = "KILN_LIFELINE_FD"
  /// The number that the daemon gives it: the first above the standard ones.
  public static let descriptor: Int32 = 3
}

/// How long a trainer that was told to stop may take: the daemon says it to each trainer that it starts.
public struct Grace: Sendable, Equatable {
  /// Seconds from the signal until the daemon kills the trainer.
  public var seconds: Double

  /// The variable of the environment that tells it to the trainer.
  public static let variable = "KILN_GRACE_SECONDS"

  public init(seconds: Double) {
    self.seconds = seconds
  }

  /// What the environment says. Nil if it says nothing, or no number of seconds.
  public init?(environment: [String: String]) {
    guard let seconds = environment[Self.variable].flatMap({ Double($0) }), seconds.isFinite, seconds >= 0 else {
      return nil
    }
    self.seconds = seconds
  }

  /// As the trainer finds it in its environment.
  public var environment: [String: String] { [Self.variable: String(seconds)] }

  /// Seconds after which a trainer that was told to stop, and still is not able to save, ends by itself. That is a little
  /// before the daemon would kill it: an end of its own is an orderly one, with a status that says so. The daemon's clock
  /// starts first, when it sends the signal, so a twentieth is left, and at most a second.
  public var deadline: Double { seconds - min(1, seconds / 20) }
}
