import ArgumentParser
import Configuration
import Images
import Manifests
import Networks
import Tensors

/// A network named on the command line: a preset, or a job file's.
struct NetworkArgument {
  let network: Network

  init(_ text: String) throws {
    if let preset = Network(preset: text) {
      network = preset
    } else if text.contains("/") || text.contains(".") {
      network = try readManifest(text).network
    } else {
      let names = Network.presets.map(\.name).joined(separator: ", ")
      throw ValidationError("no preset is called `\(text)`; there are: \(names); or give a job file's path")
    }
  }

  func plan(convolution: ConvolutionChoice = .automatic) throws -> NetworkPlan {
    let input = Shape(channels: 3, height: ImagePlanes.side, width: ImagePlanes.side)
    return try NetworkPlan(network, input: input, convolution: convolution)
  }
}
