import Figures
import Foundation
import Tensors
import Testing

/// Thresholds, intervals and temperatures against scikit-learn, SciPy and NumPy.
@Suite struct DecidingTests {
  struct Witness: Decodable {
    struct Thresholds: Decodable {
      struct Point: Decodable {
        let threshold: Double
        let counts: [Int]
        let shares: [String: Double?]
      }
      struct Best: Decodable {
        let aim: String
        let wanted: Double?
        let threshold: Double?
      }
      let scores: [Double]
      let labels: [Int]
      let points: [Point]
      let best: [Best]
    }
    struct Share: Decodable {
      let part, whole: Int
      let lower, upper: Double
    }
    struct Samples: Decodable {
      let seed, stream: UInt64
      let probabilities: [[Double]]
      let labels: [Int]
      let losses: [Double]
      let intervals: [String: [Double]]
    }
    struct Calibrated: Decodable {
      let outputs: [[Double]]
      let labels: [Int]
      let temperature, before, after: Double
    }
    let thresholds: [Thresholds]
    let wilson: [Share]
    let bootstrap: [Samples]
    let temperature: [Calibrated]
  }

  private let witness: Witness

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/figures/deciding.json")
    witness = try JSONDecoder().decode(Witness.self, from: Data(contentsOf: file))
  }

  private func curve(_ sample: Witness.Thresholds) throws -> ThresholdCurve {
    try #require(ThresholdCurve(scores: sample.scores, isPositive: sample.labels.map { $0 == 1 }))
  }

  @Test func eachThresholdAgreesWithScikitLearn() throws {
    for (number, sample) in witness.thresholds.enumerated() {
      let curve = try curve(sample)
      for truth in sample.points {
        let counts = curve.point(at: truth.threshold).counts
        #expect(
          [counts.truePositives, counts.falsePositives, counts.falseNegatives, counts.trueNegatives] == truth.counts,
          "case \(number) at \(truth.threshold)")
        for (name, value) in [
          ("precision", counts.precision), ("recall", counts.recall), ("f1", counts.f1),
          ("specificity", counts.specificity),
        ] {
          let expected = try #require(truth.shares[name])
          #expect((value == nil) == (expected == nil), "case \(number) at \(truth.threshold): \(name)")
          if let value, let expected { #expect(abs(value - expected) < 1e-15) }
        }
      }
    }
  }

  @Test func theBestThresholdIsScikitLearns() throws {
    for (number, sample) in witness.thresholds.enumerated() {
      let curve = try curve(sample)
      for truth in sample.best {
        let aim: ThresholdCurve.Aim =
          switch truth.aim {
          case "recall": .recall(truth.wanted ?? .nan)
          case "precision": .precision(truth.wanted ?? .nan)
          default: .f1
          }
        #expect(curve.best(for: aim)?.threshold == truth.threshold, "case \(number): \(aim)")
      }
    }
  }

  /// At a score itself an image counts; right above it no more.
  @Test func aThresholdBelongsToWhatItTakes() throws {
    let curve = try #require(ThresholdCurve(scores: [0.5, 0.25], isPositive: [true, false]))
    #expect(curve.point(at: 0.5).counts.truePositives == 1 && curve.point(at: 0.5.nextUp).counts.answers == 0)
    #expect(curve.point(at: 0.25).counts.answers == 2 && curve.point(at: 0).counts.answers == 2)
  }

  @Test func noNumberHasNoThreshold() {
    #expect(ThresholdCurve(scores: [0.1, .nan], isPositive: [true, false]) == nil)
    #expect(ThresholdCurve(scores: [], isPositive: []) == nil)
  }

  /// SciPy's ends are rounded otherwise in the last bits.
  @Test func sharesHaveWilsonsIntervals() throws {
    for truth in witness.wilson {
      let interval = try #require(Interval(share: truth.part, of: truth.whole))
      #expect(abs(interval.lower - truth.lower) < 1e-14 && abs(interval.upper - truth.upper) < 1e-14, "\(truth)")
      #expect((0...1).contains(interval.lower) && (0...1).contains(interval.upper))
    }
    #expect(Interval(share: 0, of: 0) == nil && Interval(share: 3, of: 2) == nil && Interval(share: -1, of: 2) == nil)
  }

  private func intervals(
    _ probabilities: [[Double]], _ labels: [Int], losses: [Double]? = nil, seed: UInt64 = 0
  ) -> [Figure: Interval]? {
    let random = CounterRandom(seed: seed, stream: 4)
    return Bootstrap(
      probabilities: probabilities, decisions: probabilities.map(ClassificationFigures.likeliest), labels: labels,
      losses: losses ?? labels.map { _ in 0.5 })?.intervals { random.word(at: $0) }
  }

  /// The same samples, drawn by NumPy's generator and judged by scikit-learn.
  @Test func samplesHaveNumPysQuantiles() throws {
    for sample in witness.bootstrap {
      let found = try #require(
        intervals(sample.probabilities, sample.labels, losses: sample.losses, seed: sample.seed))
      for (name, truth) in sample.intervals {
        let figure = try #require(Figure(rawValue: name))
        let interval = try #require(found[figure], "\(name)")
        #expect(abs(interval.lower - truth[0]) < 1e-12 && abs(interval.upper - truth[1]) < 1e-12, "\(name)")
      }
      #expect(found[.calibrationError] == nil)
      let again = intervals(sample.probabilities, sample.labels, losses: sample.losses, seed: sample.seed)
      #expect(again == found)
      #expect(intervals(sample.probabilities, sample.labels, losses: sample.losses, seed: sample.seed + 1) != found)
    }
  }

  /// A sample that always says the same says nothing about how far it may be off.
  @Test func whatNeverChangesHasNoInterval() throws {
    let right = try #require(intervals([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]], [0, 0, 1]))
    #expect(right[.rocAuc] == nil && right[.f1] == nil && right[.loss] == nil)
    #expect(intervals([[0.9, 0.1]], [0]) == [:] && intervals([], []) == nil)
    // Of one class alone there is no area, and of a loss that is no number no interval.
    let alone = try #require(intervals([[0.9, 0.1], [0.2, 0.8]], [0, 0], losses: [.nan, 1]))
    #expect(alone[.rocAuc] == nil && alone[.loss] == nil && alone[.accuracy] != nil)
    let unclear = try #require(intervals([[.nan, .nan], [0.2, 0.8], [0.7, 0.3]], [0, 1, 1]))
    #expect(unclear[.rocAuc] == nil && unclear[.recall] != nil)
  }

  private static func softmax(_ outputs: [Double]) -> [Double] {
    let logits = outputs.count == 1 ? [0, outputs[0]] : outputs
    let greatest = logits.max() ?? 0
    let shares = logits.map { exp($0 - greatest) }
    return shares.map { $0 / shares.reduce(0, +) }
  }

  private func fit(_ outputs: [[Double]], _ labels: [Int]) -> TemperatureScaling.Result {
    TemperatureScaling.fit(outputs, labels: labels, probabilities: Self.softmax)
  }

  /// A minimum is flat: SciPy's, which compares values, has half as many digits as the zero of the slope.
  @Test func temperaturesAreSciPysMinima() throws {
    for truth in witness.temperature {
      guard case .temperature(let temperature) = fit(truth.outputs, truth.labels) else {
        Issue.record("no temperature for \(truth.temperature)")
        continue
      }
      #expect(abs(temperature / truth.temperature - 1) < 1e-6)
      func loss(_ temperature: Double) -> Double {
        zip(truth.outputs, truth.labels).map { -log(Self.softmax($0.map { $0 / temperature })[$1]) }.reduce(0, +)
          / Double(truth.labels.count)
      }
      #expect(abs(loss(1) - truth.before) < 1e-12 && abs(loss(temperature) - truth.after) < 1e-12)
      #expect(loss(temperature) < loss(temperature * 1.01) && loss(temperature) < loss(temperature / 1.01))
    }
  }

  @Test func aTemperatureIsRefusedWhereThereIsNone() {
    #expect(fit([[3], [-2], [0.5]], [1, 0, 1]) == .neverSharpEnough)
    #expect(fit([[3], [-2], [0.5]], [0, 1, 0]) == .neverSoftEnough)
    #expect(fit([[0], [0]], [0, 1]) == .neverSoftEnough)
    #expect(fit([[7]], [1]) == .neverSharpEnough)
    #expect(fit([], []) == .undefined && fit([[.nan], [1]], [0, 1]) == .undefined)
    #expect(fit([[.infinity], [1]], [1, 1]) == .undefined)
  }
}
