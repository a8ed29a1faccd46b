public import Configuration
import Kernels

/// Multiplies the rate by a factor whenever the validation has not become better for some epochs, as
/// `torch.optim.lr_scheduler.ReduceLROnPlateau`. Without validation it looks at the training's own figures.
public struct PlateauSchedule: Schedule {
  public static let keyword = "plateau"
  public static let summary = "Multiplies the rate by a factor when validation stops getting better."

  public enum Metric: String, Sendable, CaseIterable {
    case loss, accuracy
  }

  public let metric: Metric
  public let patience: Int
  public let decay: Double
  public let threshold: Double
  public let cooldown: Int
  public let end: Double

  public init(
    metric: Metric = .loss, patience: Int = 10, factor: Double = 0.1, threshold: Double = 1e-4, cooldown: Int = 0,
    end: Double = 0
  ) {
    self.metric = metric
    self.patience = patience
    decay = factor
    self.threshold = threshold
    self.cooldown = cooldown
    self.end = end
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    metric = try fields.choice("metric", of: Metric.self, default: .loss, "What has to become better.")
    patience = try fields.integer("patience", in: 0...100_000, default: 10, "Epochs without that are forgiven.")
    decay = try fields.number("factor", in: 1e-6...0.999, default: 0.1, "What the rate is multiplied by then.")
    threshold = try fields.number(
      "threshold", in: 0...1, default: 1e-4, "Share of the best value by which a better one must differ.")
    cooldown = try fields.integer("cooldown", in: 0...100_000, default: 0, "Epochs after it that do not count.")
    end = try fields.number("end", in: 0...1000, default: 0, "The lowest rate.")
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "metric": .word(metric), "patience": .whole(patience), "factor": .number(decay),
      "threshold": .number(threshold), "cooldown": .whole(cooldown), "end": .number(end),
    ]
  }

  public func rate(base: Double, at moment: ScheduleMoment) -> Double {
    max(base * Elementary.power(decay, State(moment.state).reductions), min(end, base))
  }

  /// What has been seen, under the names that checkpoints have had since the first version.
  private struct State {
    var best: Double?
    var badEpochs: Int
    var cooldown: Int
    var reductions: Int

    init(_ state: ScheduleState?) {
      best = state?["best"]
      // Counts of epochs, which another program may have changed.
      func count(_ name: String) -> Int { Int(exactly: state?[name] ?? 0) ?? 0 }
      badEpochs = count("badEpochs")
      cooldown = count("cooldown")
      reductions = count("reductions")
    }

    var numbers: ScheduleState {
      var state = ScheduleState()
      state["best"] = best
      state["badEpochs"] = Double(badEpochs)
      state["cooldown"] = Double(cooldown)
      state["reductions"] = Double(reductions)
      return state
    }
  }

  public func state(after figures: ScheduleFigures, _ state: ScheduleState?) -> ScheduleState? {
    var next = State(state)
    let value = metric == .loss ? figures.loss : figures.accuracy
    if isBetter(value, than: next.best) {
      next.best = value
      next.badEpochs = 0
    } else {
      next.badEpochs += 1
    }
    if next.cooldown > 0 {
      next.cooldown -= 1
      next.badEpochs = 0
    }
    if next.badEpochs > patience {
      next.reductions += 1
      next.cooldown = cooldown
      next.badEpochs = 0
    }
    return next.numbers
  }

  private func isBetter(_ value: Double, than best: Double?) -> Bool {
    guard let best else { return !value.isNaN }
    return metric == .loss ? value < best * (1 - threshold) : value > best * (1 + threshold)
  }
}
