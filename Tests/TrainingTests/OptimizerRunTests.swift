import Configuration
import Optimization
import Testing
import Training

/// Runs with every optimizer and schedule: interrupted anywhere, they end with the same bytes.
@Suite struct OptimizerRunTests {
  static let settings: [(optimizer: any Optimizer, schedule: any Schedule)] = [
    (SGD(learningRate: 0.02, momentum: 0.9, nesterov: true), OneCycleSchedule()),
    (RMSProp(learningRate: 0.001, momentum: 0.5), CosineSchedule()),
    (Adagrad(), CyclicSchedule(period: .steps(3), low: 0.001)),
    (Adam(learningRate: 0.003), PlateauSchedule(metric: .accuracy, patience: 0, factor: 0.5, threshold: 1)),
    (AdamW(learningRate: 0.003), WarmRestartsSchedule(period: .steps(2), multiplier: 2)),
  ]

  private func job(_ studio: Studio, _ number: Int, threads: Int = 2) -> TrainingJob {
    var job = studio.job(threads: threads)
    job.training = TrainingDeclaration(
      epochs: 3, batchSize: 5, seed: 3, optimizer: Self.settings[number].optimizer,
      schedule: Self.settings[number].schedule, warmUp: .steps(2), clipNorm: 0.8)
    return job
  }

  @Test(arguments: settings.indices) func interruptionChangesNothing(number: Int) throws {
    let studio = try Studio()
    try studio.train(job(studio, number), in: "whole")
    let expected = try studio.result(of: "whole")
    try studio.train(job(studio, number, threads: 3), in: "threads")
    #expect(try studio.result(of: "threads") == expected)
    for steps in [1, 4, 5, 9] {
      try studio.train(job(studio, number), in: "stopped\(steps)", stoppingAfter: steps)
      try studio.train(job(studio, number), in: "stopped\(steps)")
      #expect(try studio.result(of: "stopped\(steps)") == expected, "after step \(steps)")
      #expect(
        try studio.rows(of: "stopped\(steps)").map(\.withoutClock) == studio.rows(of: "whole").map(\.withoutClock))
    }
  }

  /// An accuracy that has not doubled in an epoch is a plateau here: the rate is halved after the second and the third.
  @Test func aPlateauReducesTheRate() throws {
    let studio = try Studio()
    try studio.train(job(studio, 3), in: "run")
    var rates: [Double] = []
    for case .step(let row) in try studio.rows(of: "run") { rates.append(row.learningRate) }
    #expect(rates == [0.0015] + [Double](repeating: 0.003, count: 7) + [Double](repeating: 0.0015, count: 4))
  }

  @Test func aCheckpointOfOtherSettingsIsRefused() throws {
    let studio = try Studio()
    var job = job(studio, 0)
    try studio.train(job, in: "run", stoppingAfter: 2)
    job.training = TrainingDeclaration(
      epochs: 3, batchSize: 5, seed: 3, optimizer: Self.settings[0].optimizer, schedule: Self.settings[0].schedule,
      warmUp: .steps(2), clipNorm: 0.9)
    #expect(throws: TrainingError.self) { try studio.train(job, in: "run") }
  }
}
