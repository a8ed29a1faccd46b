public import ArgumentParser
import Glibc
import Kernels
public import Networks
package import Tensors
import Workers

/// `kiln bench`: how fast this machine trains and infers, against what its multiply-add units could do.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the speed of training, of inference, of every layer and pass, and of decoding images.",
    subcommands: [BenchTrain.self, BenchInfer.self, BenchLayers.self, BenchDecode.self])
}

/// What every benchmark is told.
struct BenchOptions: ParsableArguments {
  @Option(help: "A preset's name or a job file.") var network = "homework"
  @Option(help: "Threads; all cores if not given.") var threads = processorCount()
  @Option(
    help: """
      Algorithms that convolutions may use: \(ConvolutionChoice.allCases.map(\.rawValue).joined(separator: ", ")); if not \
      given, the job's, and of a preset automatic.
      """
  )
  var convolution: ConvolutionChoice?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard threads > 0 else { throw ValidationError("threads start at 1") }
  }

  func plan() throws -> NetworkPlan { try NetworkArgument(network).plan(convolution: convolution) }
}

extension ConvolutionChoice: ExpressibleByArgument {}

/// Images of noise: the bytes of one, turned by some places more for each image of the batch.
package func noise(_ shape: Shape, count: Int) -> [[UInt8]] {
  let random = CounterRandom(seed: 1, stream: 1)
  let bytes = (0..<shape.count).map { UInt8(truncatingIfNeeded: random.word(at: UInt64($0))) }
  return (0..<count).map { index in
    let turn = index * 997 % bytes.count
    return Array(bytes[turn...] + bytes[..<turn])
  }
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func seconds(_ body: () throws -> Void) rethrows -> Double { try ContinuousClock().measure(body) / .seconds(1) }

/// The fastest of a few runs of multiply-adds on every thread of the team.
func peakGflops(_ team: Team, rounds: Int = 2_000_000) -> Double {
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
