public import Configuration

/// rate = base * factor^floor(step / every): divides the rate every few epochs.
public struct StepSchedule: Schedule {
  public static let keyword = "step"
  public static let summary = "Multiplies the rate by a factor every few epochs or steps."

  public let every: Span
  public let decay: Double

  public init(every: Span, factor: Double) {
    self.every = every
    decay = factor
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    every = try fields.span("every", "How long each rate lasts.")
    decay = try fields.number("factor", in: 1e-6...1, "What the rate is multiplied by.")
  }

  /// By repeated multiplication, so that the bits do not depend on a library's power function.
  public func factor(step: Int, stepsPerEpoch: Int) -> Double {
    (0..<(step / max(every.steps(perEpoch: stepsPerEpoch), 1))).reduce(1) { product, _ in product * decay }
  }
}
