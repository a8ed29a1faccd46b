import ArgumentParser
import Datasets
import Networks
import Tensors
import Training
import Workers

/// `kiln bench infer`: forward passes only.
struct BenchInfer: Command {
  static let configuration = CommandConfiguration(
    commandName: "infer", abstract: "Measure inference on images that are in memory.",
    discussion: """
      Sixteen images travel together, a few images one by one: the latency of a single image is printed too. GFLOP/s \
      counts direct convolution, whatever the algorithm.
      Example: kiln bench infer --batch 64 --json
      Exit status: 0, 64 if there is no such preset, 65 if the job file is wrong, 66 if it cannot be read, 71 if there is not \
      enough memory.
      """)

  @OptionGroup var options: BenchOptions
  @Option(help: "Images a call.") var batch = 32
  @Option(help: "Timed calls.") var calls = 20

  func validate() throws {
    guard batch > 0, calls > 0 else { throw ValidationError("batch and calls start at 1") }
  }

  func run(on console: Console) throws {
    let plan = try options.plan()
    let team = Team(threads: options.threads)
    let predictor = try Predictor(plan, loss: BinaryCrossEntropy(), statistics: .none, seed: 1, team: team)
    let images = noise(plan.input, count: batch)
    let before = peakGflops(team)
    func time(_ images: [[UInt8]]) -> Double {
      median((0..<(calls + 2)).map { _ in seconds { _ = predictor.outputs(images: images) } }.suffix(calls))
    }
    let call = time(images)
    let single = time(Array(images.prefix(1)))
    let peak = max(before, peakGflops(team))
    let result = InferenceResult(
      plan, call: call, single: single, batch: batch, threads: options.threads, peakGflops: peak)
    try console.answer(result, asJSON: options.json, text: result.text)
  }
}

private struct InferenceResult: Encodable {
  let imagesPerSecond: Double
  let singleImageMilliseconds: Double
  let gflops: Double
  let peakGflops: Double
  let shareOfPeak: Double
  let threads: Int
  let batch: Int
  let peakResidentBytes: Int
  let parameters: Int

  init(_ plan: NetworkPlan, call: Double, single: Double, batch: Int, threads: Int, peakGflops: Double) {
    imagesPerSecond = Double(batch) / call
    singleImageMilliseconds = single * 1000
    gflops = imagesPerSecond * 2 * Double(plan.multiplyAccumulates) / 1e9
    self.peakGflops = peakGflops
    shareOfPeak = gflops / peakGflops
    self.threads = threads
    self.batch = batch
    peakResidentBytes = peakResidentMemory()
    parameters = plan.parameterCount
  }

  var text: String {
    """
    \(imagesPerSecond.rounded(places: 1)) images/s  (batch \(batch), \(threads) threads)
    \(singleImageMilliseconds.rounded(places: 1)) ms for a single image
    \(gflops.rounded(places: 1)) GFLOP/s of direct convolution, \((100 * shareOfPeak).rounded(places: 1))% of the measured peak of \(peakGflops.rounded(places: 1))
    \(peakResidentBytes >> 20) MiB at most
    """
  }
}
