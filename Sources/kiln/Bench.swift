import ArgumentParser
import Datasets
import Glibc
import Images
import Kernels
import Networks
import Tensors
import Training
import Workers

/// `kiln bench`: how fast this machine trains, against what its multiply-add units could do.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the speed of training.", subcommands: [BenchTrain.self])
}

struct BenchTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Measure training steps on images that are in memory.",
    discussion: """
      GFLOP/s counts two operations for every multiply-accumulate of direct convolution, whatever the algorithm. The \
      peak is measured before and after, on all threads at once, with multiply-adds in registers.
      """)

  @Option(help: "A preset's name or a job file.") var network = "homework"
  @Option(help: "Images a step.") var batch = 32
  @Option(help: "Threads; all cores if not given.") var threads = processorCount()
  @Option(help: "Timed steps.") var steps = 10
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard batch > 0, threads > 0, steps > 0 else { throw ValidationError("batch, threads and steps start at 1") }
  }

  func run() throws {
    let plan = try NetworkArgument(network).plan()
    let team = Team(threads: threads)
    var bench = try StepBench(plan, batch: batch, team: team)
    let before = peakGflops(team)
    let seconds = bench.run(steps: steps)
    let peak = max(before, peakGflops(team))
    let result = BenchResult(plan, seconds: seconds, batch: batch, threads: threads, peakGflops: peak)
    print(json ? try prettyJSON(result) : result.text)
  }
}

/// A trainer with a batch of noise.
private struct StepBench {
  private let trainer: Trainer
  private let images: [[UInt8]]
  private let targets: [Float]
  private let weights: [Float]

  init(_ plan: NetworkPlan, batch: Int, team: Team) throws {
    trainer = try Trainer(
      plan, optimizer: SGD(learningRate: 1e-4, momentum: 0.9, weightDecay: 1e-4), statistics: .none,
      batchSize: batch, team: team)
    trainer.initialize(seed: 1)
    let random = CounterRandom(seed: 1, stream: 1)
    // The bytes of one noise image, shifted for each image of the batch.
    let noise = (0..<plan.input.count).map { UInt8(truncatingIfNeeded: random.word(at: UInt64($0))) }
    images = (0..<batch).map { index in Array(noise[(index * 997)...] + noise[..<(index * 997)]) }
    targets = (0..<batch).map { $0 % 2 == 0 ? 1 : 0 }
    weights = [Float](repeating: 1, count: batch)
  }

  /// Seconds of each step, after two that warm up.
  mutating func run(steps: Int) -> [Double] {
    (0..<(steps + 2)).map { step in
      let clock = ContinuousClock()
      let time = clock.measure {
        _ = trainer.step(images: images, targets: targets, weights: weights, rate: 1e-4, step: step)
      }
      return time / .seconds(1)
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
    let median = seconds.sorted()[seconds.count / 2]
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

/// The fastest of a few runs of multiply-adds on every thread of the team.
func peakGflops(_ team: Team) -> Double {
  let rounds = 2_000_000
  let best =
    (0..<5).map { _ in
      ContinuousClock().measure {
        team.run(team.threads) { _, _ in
          if spinMultiplyAdds(rounds: rounds).isNaN {
            preconditionFailure("multiply-adds of finite numbers are finite")
          }
        }
      }
    }.min() ?? .seconds(1)
  return 2 * Double(multiplyAddsPerRound * rounds * team.threads) / (best / .seconds(1)) / 1e9
}

func processorCount() -> Int {
  max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}

func peakResidentMemory() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
}

extension Double {
  func rounded(places: Int) -> Double {
    let unit = (0..<places).reduce(1.0) { power, _ in power * 10 }
    return (self * unit).rounded() / unit
  }
}
