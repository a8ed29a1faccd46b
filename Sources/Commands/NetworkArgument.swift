import ArgumentParser
import Configuration
import Images
import Manifests
import Networks
import Tensors

/// A network named on the command line: a preset, or a job file's.
struct NetworkArgument {
  let network: Network
  /// The job's, and of a preset that of its one logit.
  let loss: any Loss

  init(_ text: String) throws {
    if let preset = Network(preset: text) {
      network = preset
      loss = BinaryCrossEntropy()
    } else if text.contains("/") || text.contains(".") {
      let manifest = try Manifest(contentsOf: text)
      network = manifest.network
      loss = manifest.training.loss
    } else {
      let names = Network.presets.map(\.name).joined(separator: ", ")
      throw CommandFailure("no preset is called `\(text)`; there are: \(names); or give a job file's path", .usage)
    }
  }

  func plan(
    side: Int = ImagePlanes.side, convolution: ConvolutionChoice = .automatic, takesInputGradient: Bool = false
  ) throws(PlanError) -> NetworkPlan {
    try NetworkPlan(
      network, input: Shape(channels: 3, height: side, width: side), convolution: convolution,
      takesInputGradient: takesInputGradient)
  }
}
