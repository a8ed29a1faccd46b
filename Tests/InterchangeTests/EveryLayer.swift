import Checkpoints
import Configuration
import Datasets
import Foundation
import Images
import Interchange
import Networks
import Tensors
import Testing
import Training

/// The network of Tests/Fixtures/interchange, in which every layer of the catalogue is: with the weights that the official
/// packages wrote, and what they make of it.
enum EveryLayer {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/interchange").standardizedFileURL.path()
  static let classes = ["Zelle \"a\"", "büro", "c\\d"]
  static let statistics = ChannelStatistics(mean: [0.5, 0.4, 0.3], deviation: [0.25, 0.5, 0.125])

  static func path(_ name: String) -> String { "\(folder)/\(name)" }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path(name))))
  }

  /// The layers of every-layer.yaml, read without the rest of the job.
  static func network() throws -> Network {
    let job = try Document.parse(try bytes("every-layer.yaml"), file: "every-layer.yaml")
    guard case .object(let members) = job.json, let layers = members.first(where: { $0.key == "network" }) else {
      throw Missing()
    }
    return try Network(try Document.parse(layers.value.line, file: "every-layer.yaml"))
  }

  static func trained(_ file: String = "every-layer.safetensors") throws -> TrainedNetwork {
    let weights = try ImportedWeights(contentsOf: path(file))
    return try TrainedNetwork(
      network: try network(), loss: SoftmaxCrossEntropy(), statistics: statistics, classes: classes,
      reading: ImageReading(), model: weights.tensors)
  }

  /// Planes of bytes, as generate.py draws them.
  static func image(_ number: Int) -> [UInt8] {
    (0..<3 * 65_536).map { place in
      let (channel, y, x) = (place / 65_536, place / 256 % 256, place % 256)
      return UInt8((x * (number + 1) + y * 3 + channel * 50 + x * y / 64) % 256)
    }
  }

  struct Missing: Error {}
}
