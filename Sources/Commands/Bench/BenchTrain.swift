import ArgumentParser
import Datasets
import Networks
import Optimization
import Tensors
import Training
import Workers

/// `kiln bench train`: whole training steps.
struct BenchTrain: Command {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Measure training steps on images that are in memory.",
    discussion: """
      GFLOP/s counts two operations for every multiply-accumulate of direct convolution, whatever the algorithm. The \
      peak is measured before and after, on all threads at once, with multiply-adds in registers.
      Example: kiln bench train --network job.yaml --threads 2
      Exit status: 0, 64 if there is no such preset, 65 if the job file is wrong, 66 if it cannot be read, 71 if there is not \
      enough memory.
      """)

  @OptionGroup var options: BenchOptions
  @Option(help: "Images a step.") var batch = 32
  @Option(help: "Timed steps.") var steps = 10

  func validate() throws {
    guard batch > 0, steps > 0 else { throw ValidationError("batch and steps start at 1") }
  }

  func run(on console: Console) throws {
    let network = try NetworkArgument(options.network)
    let plan = try network.plan(convolution: options.convolution)
    let team = Team(threads: options.threads)
    let bench = try StepBench(plan, loss: network.loss, batch: batch, team: team)
    let before = peakGflops(team)
    let seconds = try bench.run(steps: steps)
    let peak = max(before, peakGflops(team))
    let result = BenchResult(plan, seconds: seconds, batch: batch, threads: options.threads, peakGflops: peak)
    try console.answer(result, asJSON: options.json, text: result.text)
  }
}

/// A trainer with a batch of noise.
private struct StepBench {
  private let trainer: Trainer
  private let images: [[UInt8]]
  private let targets: [Float]
  private let weights: [Float]

  init(_ plan: NetworkPlan, loss: any Loss, batch: Int, team: Team) throws {
    trainer = try Trainer(
      plan, optimizer: SGD(learningRate: 1e-4, momentum: 0.9, weightDecay: 1e-4), statistics: .none,
      batchSize: batch, seed: 1, loss: loss, team: team)
    trainer.initialize()
    images = noise(plan.input, count: batch)
    targets = (0..<batch).map { $0 % 2 == 0 ? 1 : 0 }
    weights = [Float](repeating: 1, count: batch)
  }

  /// Seconds of each step, after two that warm up.
  func run(steps: Int) throws -> [Double] {
    try (0..<(steps + 2)).map { step in
      try seconds { _ = try trainer.step(images: images, targets: targets, weights: weights, rate: 1e-4, step: step) }
    }.suffix(steps)
  }
}

struct BenchResult: Encodable {
  let imagesPerSecond: Double
  let gflops: Double
  let peakGflops: Double
  let shareOfPeak: Double
  let threads: Int
  let batch: Int
  let peakResidentBytes: Int
  let millisecondsPerStep: Double
  let parameters: Int

  init(_ plan: NetworkPlan, seconds: [Double], batch: Int, threads: Int, peakGflops: Double) {
    let median = median(seconds)
    imagesPerSecond = Double(batch) / median
    gflops = imagesPerSecond * 2 * Double(plan.trainingMultiplyAccumulates) / 1e9
    self.peakGflops = peakGflops
    shareOfPeak = gflops / peakGflops
    self.threads = threads
    self.batch = batch
    peakResidentBytes = peakResidentMemory()
    millisecondsPerStep = median * 1000
    parameters = plan.parameterCount
  }

  var text: String {
    """
    \(imagesPerSecond.rounded(places: 1)) images/s  (median step \(millisecondsPerStep.rounded(places: 1)) ms, batch \(batch), \(threads) threads)
    \(gflops.rounded(places: 1)) GFLOP/s of direct convolution, \((100 * shareOfPeak).rounded(places: 1))% of the measured peak of \(peakGflops.rounded(places: 1))
    \(peakResidentBytes >> 20) MiB at most
    """
  }
}
