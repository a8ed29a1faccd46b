import ArgumentParser
import Charts
import Kernels
import Networks
import Tensors
import Workers

/// `kiln bench layers`: every layer and pass by itself.
struct BenchLayers: Command {
  static let configuration = CommandConfiguration(
    commandName: "layers", abstract: "Measure every layer and pass on packs of sixteen images.",
    discussion: """
      Times are for one image, all threads together. GFLOP/s counts direct convolution, whatever the algorithm: more \
      than the peak means arithmetic saved.
      Example: kiln bench layers --network homework-batchnorm --threads 1
      Exit status: 0, 64 if there is no such preset, 65 if the job file is wrong, 66 if it cannot be read, 71 if there is not \
      enough memory.
      """)

  @OptionGroup var options: BenchOptions
  @Option(help: "Timed packs.") var packs = 9
  @Flag(help: "With --json: what every share of a pass takes on one thread, for Benchmarks/schedule.py.") var shares =
    false

  func validate() throws {
    guard packs > 0 else { throw ValidationError("packs start at 1") }
    guard !shares || (options.json && options.threads == 1) else {
      throw ValidationError("--shares needs --json and --threads 1")
    }
  }

  func run(on console: Console) throws {
    let plan = try options.plan()
    let times = shares ? ItemTimes() : nil
    let team = Team(threads: options.threads, times: times)
    let rows = try LayerTimes(plan, team: team, times: times).measure(packs: packs)
    let peak = peakGflops(team)
    try console.answer(rows, asJSON: options.json, text: table(rows, plan, peak: peak))
  }

  private func table(_ rows: [LayerTime], _ plan: NetworkPlan, peak: Double) -> String {
    var table = Table([
      .left("layer"), .left("pass"), .left("algorithm"), .right("us/image"), .right("GFLOP/s"), .right("of peak"),
    ])
    for row in rows {
      table.append([
        row.layer, row.pass.rawValue, row.algorithm?.rawValue ?? "", "\(row.microseconds.rounded(places: 1))",
        row.gflops.map { "\(Int($0))" } ?? "", row.gflops.map { "\(Int(100 * $0 / peak))%" } ?? "",
      ])
    }
    let total = rows.reduce(0) { $0 + $1.microseconds }
    table.total(["total", "", "", "\(total.rounded(places: 1))", "", ""])
    return table.text
      + "\n\n\(Int(1e6 / total)) images/s by these; peak \(peak.rounded(places: 1)) GFLOP/s on \(options.threads) threads"
  }
}

/// One row: a layer's pass.
struct LayerTime: Encodable {
  let layer: String
  let pass: PassChoice.Pass
  let algorithm: ConvolutionAlgorithm?
  let microseconds: Double
  /// Nil for layers that multiply nothing.
  let gflops: Double?
  /// Microseconds of every share of every piece of work of the last pack, all sixteen images together, if asked for.
  let shares: [[Double]]?
}

/// Times the operations of a network one by one, in the order of a step.
struct LayerTimes {
  private let plan: NetworkPlan
  private let executor: Executor<Float>
  private let itemTimes: ItemTimes?

  init(_ plan: NetworkPlan, team: Team, times: ItemTimes? = nil) throws {
    self.plan = plan
    itemTimes = times
    executor = try Executor(plan, team: team)
    executor.initialize(seed: 1)
    let scales = (0..<plan.input.channels).map { _ in PixelScale(mean: 0.5, deviation: 0.5) }
    executor.load(noise(plan.input, count: laneCount), scales: scales)
  }

  /// Medians over `packs` steps, after one that warms up.
  func measure(packs: Int) -> [LayerTime] {
    let operations = plan.operations
    var forward = operations.map { _ in [Double]() }
    var backward = forward
    var shares: [PassChoice.Pass: [[[Double]]]] = [
      .forward: operations.map { _ in [] }, .backward: operations.map { _ in [] },
    ]
    let pack = TrainingDraw(images: laneCount)
    func note(_ pass: PassChoice.Pass, _ index: Int) {
      if let itemTimes { shares[pass]?[index] = itemTimes.take().map { $0.map { $0 * 1e6 } } }
    }
    for _ in 0...packs {
      _ = itemTimes?.take()
      for index in operations.indices {
        forward[index].append(seconds { executor.forward(stage: index, training: pack) })
        note(.forward, index)
      }
      executor.outputGradients[0, 0, 0] = Lanes(repeating: 0.01)
      for index in operations.indices.reversed() {
        backward[index].append(seconds { executor.backward(stage: index, training: pack) })
        note(.backward, index)
      }
    }
    func row(_ index: Int, _ pass: PassChoice.Pass, _ times: [Double], _ multiplyAdds: Int) -> LayerTime {
      let time = median(Array(times.dropFirst())) / Double(laneCount)
      let operation = operations[index]
      return LayerTime(
        layer: plan.name(of: operation), pass: pass,
        algorithm: operation.choices.first { $0.pass == pass }?.algorithm, microseconds: time * 1e6,
        gflops: multiplyAdds > 0 ? 2 * Double(multiplyAdds) / time / 1e9 : nil,
        shares: itemTimes == nil ? nil : shares[pass]?[index])
    }
    return operations.indices.map { row($0, .forward, forward[$0], operations[$0].forwardMultiplyAdds) }
      + operations.indices.reversed().map { row($0, .backward, backward[$0], operations[$0].backwardMultiplyAdds) }
  }
}
