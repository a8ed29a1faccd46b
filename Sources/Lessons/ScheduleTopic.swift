import Charts
import Configuration
import Manifests
import Optimization
import Training

/// What each schedule does to the learning rate, as a curve.
struct ScheduleTopic: Lesson {
  static let name = "schedule"
  static let summary =
    "the learning rate over a run as a curve: [SCHEDULE, a job file, or settings as `cosine: {end: 0.01}`]"

  /// Twenty epochs of ten steps at a base rate of 0.1.
  private static let epochs = 20
  private static let stepsPerEpoch = 10
  private static let base = 0.1

  /// Settings for schedules that cannot stand alone.
  private static let examples: KeyValuePairs = [
    "constant": "constant", "step": "step: {every: 5 epochs, factor: 0.5}",
    "exponential": "exponential: {every: 1 epoch, factor: 0.85}",
    "inverseTime": "inverseTime: {every: 1 epoch, decay: 0.3}",
    "polynomial": "polynomial: {power: 2}", "cosine": "cosine",
    "cyclic": "cyclic: {period: 8 epochs, low: 0.01}", "oneCycle": "oneCycle",
    "warmRestarts": "warmRestarts: {period: 3 epochs, multiplier: 2}",
  ]

  private struct Shown {
    let title: String
    let rates: [Double]
  }

  private let shown: [Shown]

  init(_ arguments: [String]) throws {
    guard let wish = arguments.first else {
      shown = try Self.examples.map { try Self.curve($0.value, title: $0.value) }
      return
    }
    if wish.hasSuffix(".yaml") || wish.hasSuffix(".yml") || wish.hasSuffix(".json") {
      let training = try Manifest(contentsOf: wish).training
      shown = [Self.curve(of: training, title: wish)]
    } else if let example = Self.examples.first(where: { $0.key == wish }) {
      shown = [try Self.curve(example.value, title: example.value)]
    } else if wish == PlateauSchedule.keyword {
      throw LessonError.arguments(
        "`plateau` follows the validation, not the clock: see `kiln explain training.schedule.plateau`")
    } else {
      let settings = arguments.joined(separator: " ")
      shown = [try Self.curve(settings, title: settings)]
    }
  }

  private static func curve(_ settings: String, title: String) throws -> Shown {
    let schedule = try scheduleCatalogue.read(Document.parse(settings, file: "schedule"))
    return curve(of: schedule, warmUp: nil, base: base, epochs: epochs, title: title)
  }

  private static func curve(of training: TrainingDeclaration, title: String) -> Shown {
    curve(
      of: training.schedule, warmUp: training.warmUp, base: training.optimizer.learningRate,
      epochs: training.epochs, title: title)
  }

  private static func curve(
    of schedule: any Schedule, warmUp: Span?, base: Double, epochs: Int, title: String
  ) -> Shown {
    let warmed = WarmedUpSchedule(schedule: schedule, warmUp: warmUp)
    let steps = epochs * stepsPerEpoch
    return Shown(
      title: title,
      rates: (0..<steps).map {
        warmed.rate(base: base, at: ScheduleMoment(step: $0, stepsPerEpoch: stepsPerEpoch, steps: steps))
      })
  }

  func text() -> String {
    shown.map { schedule in
      let curve = RunCurve(name: schedule.title, values: schedule.rates)
      let chart = TerminalChart([curve], horizontal: "step", height: shown.count > 1 ? 7 : 14)
      return "\(schedule.title)\n\(chart.text())"
    }.joined(separator: "\n\n") + "\n\nlearning rate by step, \(Self.stepsPerEpoch) steps an epoch; --svg FILE draws it"
  }

  var svg: String? {
    ComparisonChart(
      title: "Learning rates", panel: "Learning rate",
      curves: shown.map { RunCurve(name: $0.title, values: $0.rates) }, horizontal: "step"
    ).svg()
  }
}
