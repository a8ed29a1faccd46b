import ArgumentParser
import Configuration
import Images
import Manifests
import Networks
import Tensors

/// A network named on the command line: a preset, or a job file's.
enum NetworkArgument {
  case preset(Network)
  case job(Manifest)

  init(_ text: String) throws {
    if let preset = Network(preset: text) {
      self = .preset(preset)
    } else if text.contains("/") || text.contains(".") {
      self = .job(try Manifest(contentsOf: text))
    } else {
      let names = Network.presets.map(\.name).joined(separator: ", ")
      throw CommandFailure("no preset is called `\(text)`; there are: \(names); or give a job file's path", .usage)
    }
  }

  /// The job's, and of a preset that of its one logit.
  var loss: any Loss {
    switch self {
    case .preset: BinaryCrossEntropy()
    case .job(let manifest): manifest.training.loss
    }
  }

  /// The algorithms that convolutions may use if nothing else is said.
  var convolution: ConvolutionChoice {
    switch self {
    case .preset: .automatic
    case .job(let manifest): manifest.training.convolution
    }
  }

  /// - Parameter convolution: the algorithms that convolutions may use; if not given, the job's, and of a preset all.
  /// - Throws: what `kiln validate` would say of the job's network.
  func plan(
    side: Int = ImagePlanes.side, convolution: ConvolutionChoice? = nil, takesInputGradient: Bool = false
  ) throws -> NetworkPlan {
    switch self {
    case .preset(let network):
      try NetworkPlan(
        network, judgedBy: loss, input: Shape(channels: 3, height: side, width: side),
        convolution: convolution ?? self.convolution, takesInputGradient: takesInputGradient)
    case .job(let manifest):
      try manifest.networkPlan(side: side, convolution: convolution, takesInputGradient: takesInputGradient)
    }
  }
}
