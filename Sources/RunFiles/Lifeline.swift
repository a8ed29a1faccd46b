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
