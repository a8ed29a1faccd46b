import ArgumentParser
import Charts
import Foundation
import Images
import Networks
import Workers

/// `kiln check-gradients`: what layers say about their gradients against differences of the loss.
struct CheckGradients: Command {
  static let configuration = CommandConfiguration(
    commandName: "check-gradients",
    abstract: "Check every layer's gradient, and the whole network's, against central differences.",
    discussion: """
      NETWORK is a preset (\(Network.presets.map(\.name).joined(separator: ", "))) or a job file. Everything is computed \
      in double precision on random images, more than fill one pack of sixteen, as in training. The error is \
      |analytic - numeric| / max(|analytic|, |numeric|, scale), where the scale is the greatest gradient of the tensor, at \
      least \(GradientCheck.leastScale). Where a ReLU or a max pooling has a kink within the smallest step, another value \
      of the tensor is taken.
      Example: kiln check-gradients job.yaml
      Exit status: 0 if no error is above the bound, 70 otherwise.
      """)

  @Argument(help: "A preset's name or a job file.") var network: String
  @Option(help: "The worst relative error that passes.") var bound = 1e-5
  @Option(
    help: """
      Rows and columns of the images; if not given, the first of \(Self.sides.map(String.init).joined(separator: ", ")) \
      that the network can take.
      """)
  var side: Int?
  @Option(help: "Values to check in each tensor.") var samples = GradientCheck().samples
  @Option(help: "Threads; all cores if not given.") var threads = processorCount()
  @Option(help: "Algorithms that convolutions may use; if not given, the job's, and of a preset automatic.")
  var convolution: ConvolutionChoice?
  @Flag(help: "Print JSON.") var json = false

  /// Small images show the same mistakes in seconds instead of minutes.
  private static let sides = [64, 96, 128, ImagePlanes.side]

  func validate() throws {
    guard bound > 0 && bound.isFinite else { throw ValidationError("the bound must be greater than 0") }
    guard side.map({ (1...4096).contains($0) }) ?? true else { throw ValidationError("a side is from 1 to 4096") }
    guard samples > 0 && threads > 0 else { throw ValidationError("samples and threads start at 1") }
  }

  func run(on console: Console) throws {
    let argument = try NetworkArgument(network)
    let plan = try plan(argument)
    let team = Team(threads: threads)
    var check = GradientCheck()
    check.samples = samples
    let whole = try check.check(plan, loss: argument.loss, team: team)
    let alone = try plan.layers.flatMap {
      try check.check($0, convolution: convolution ?? argument.convolution, team: team)
    }
    let report = GradientReport(plan, whole: whole, alone: alone, images: check.images, bound: bound)
    try console.answer(report, asJSON: json, text: report.text)
    if !report.passes { throw CommandFailure(.software) }
  }

  private func plan(_ argument: NetworkArgument) throws -> NetworkPlan {
    for side in side.map({ [$0] }) ?? Self.sides.dropLast() {
      // An image too small for the network is no error: the next is greater, and the greatest decides.
      if let plan = try? argument.plan(side: side, convolution: convolution, takesInputGradient: true) { return plan }
    }
    return try argument.plan(side: side ?? ImagePlanes.side, convolution: convolution, takesInputGradient: true)
  }
}

/// What was found, by tensor.
struct GradientReport: Encodable {
  let input: [Int]
  let images: Int
  let bound: Double
  let worstError: Double
  let passes: Bool
  let tensors: [Row]

  struct Row: Encodable {
    /// As `kiln describe` calls it; `network` for the network's input.
    let layer: String
    let tensor: String
    let shape: [Int]
    let checked: Int
    let kinks: Int
    /// The worst relative errors: in the network, by its loss, and of the layer alone.
    let inNetwork: Double?
    let alone: Double?
  }

  init(
    _ plan: NetworkPlan, whole: [GradientCheck.Finding], alone: [GradientCheck.Finding], images: Int, bound: Double
  ) {
    let names = plan.layerNames
    input = [plan.input.channels, plan.input.height, plan.input.width]
    self.images = images
    self.bound = bound
    // A layer's own input is only met alone, and the network's only in the network.
    tensors =
      alone.map { finding in
        let twin = whole.first { $0.layer == finding.layer && $0.tensor == finding.tensor }
        return Row(finding, twin, layer: finding.layer.map { names[$0] } ?? "", alone: finding.worstError)
      } + whole.filter { $0.layer == nil }.map { Row($0, $0, layer: "network", alone: nil) }
    worstError = (whole + alone).map(\.worstError).max() ?? 0
    passes = worstError <= bound
  }

  var text: String {
    var table = Table([
      .left("layer"), .left("tensor"), .right("shape"), .right("checked"), .right("in the network"), .right("alone"),
    ])
    var last = ""
    for row in tensors {
      table.append([
        row.layer == last ? "" : row.layer, row.tensor, row.shape.map(String.init).joined(separator: " x "),
        "\(row.checked)", row.inNetwork?.errorText ?? "", row.alone?.errorText ?? "",
      ])
      last = row.tensor == "input" ? "" : row.layer
    }
    let kinks = tensors.reduce(0) { $0 + $1.kinks }
    return table.text + """


      worst relative error \(worstError.errorText), \(passes ? "within" : "ABOVE") the bound of \(bound.errorText); \
      \(tensors.reduce(0) { $0 + $1.checked }.grouped) values checked on \(images) images of \
      \(input.map(String.init).joined(separator: " x "))\(kinks > 0 ? ", \(kinks) passed over at kinks" : "")
      """
  }
}

extension GradientReport.Row {
  init(_ finding: GradientCheck.Finding, _ twin: GradientCheck.Finding?, layer: String, alone: Double?) {
    let both = alone == nil ? [finding] : [finding] + (twin.map { [$0] } ?? [])
    self.init(
      layer: layer, tensor: finding.tensor, shape: finding.shape, checked: both.reduce(0) { $0 + $1.checked },
      kinks: both.reduce(0) { $0 + $1.kinks }, inNetwork: twin?.worstError, alone: alone)
  }
}

extension Double {
  /// Two digits and the power of ten.
  fileprivate var errorText: String {
    guard isFinite && self != 0 else { return "\(self)" }
    return String(format: "%.1e", self)
  }
}
