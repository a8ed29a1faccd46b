import Checkpoints
import Configuration
import RunFiles
import Training

/// Where a network comes from, as its checkpoint says it.
struct CheckpointOrigin {
  /// By key, of both files.
  let metadata: [String: String]
  /// What the run's result depends on; nil for a file that does not say, or not in words that this version knows.
  let identity: RunIdentity?

  /// - Parameter training: nil for a model that stands alone.
  init(model: SafetensorsIndex, training: SafetensorsIndex?) {
    let (model, training) = (Self.texts(model), training.map(Self.texts) ?? [:])
    metadata = training.merging(model) { _, model in model }
    do throws(TrainingError) { identity = try RunIdentity(in: training) } catch { identity = nil }
  }

  private static func texts(_ index: SafetensorsIndex) -> [String: String] {
    Dictionary(index.metadata.map { ($0.key, $0.value) }) { first, _ in first }
  }

  /// The metadata without the identity, which has words of its own.
  var stated: [String: String] { metadata.filter { !RunIdentity.keys.contains($0.key) } }

  var step: Int? { metadata["step"].flatMap(Int.init) }
  var fingerprint: String? { metadata["dataset.fingerprint"] }

  /// What the outputs stand for; nil if nobody has said. A list in JSON, or else a line a name.
  var classes: [String]? {
    metadata["kiln.classes"].flatMap { WireJSON.read($0.utf8, as: [String].self) }
      ?? metadata["classes"]?.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  struct Normalization: Encodable, Equatable {
    /// Of red, green and blue on the scale of 0 to 1.
    let mean: [Double]
    let deviation: [Double]
  }

  var normalization: Normalization? {
    func numbers(_ key: String) -> [Double]? {
      let found = metadata[key]?.split(separator: " ").map { Double($0)?.finite }
      return found.flatMap { $0.contains(nil) || $0.isEmpty ? nil : $0.compactMap { $0 } }
    }
    guard let mean = numbers("mean"), let deviation = numbers("deviation") else { return nil }
    return Normalization(mean: mean, deviation: deviation)
  }

  /// The keyword of each layer by its index, from lines such as `2 conv2d 10 x 248 x 248 -> 20 x 121 x 121`.
  var layers: [Int: String] {
    var layers: [Int: String] = [:]
    for line in (metadata["network"] ?? "").split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 2)
      if words.count > 1, let index = Int(words[0]) { layers[index] = String(words[1]) }
    }
    return layers
  }

  /// The job as a job file says it; nil if the checkpoint does not know. Where the images lay, and what file the weights
  /// came from if they were not random, no checkpoint says.
  var job: JSON? {
    guard case .object(let sections)? = identity?.json else { return nil }
    let name = metadata["job"].map { [(key: "name", value: JSON.string($0))] } ?? []
    return .object(
      name
        + sections.compactMap { section -> (key: String, value: JSON)? in
          guard case .object(let members) = section.value else { return section }
          let kept = members.filter { !Self.strangers.contains("\(section.key).\($0.key)") }
          return kept.isEmpty ? nil : (key: section.key, value: .object(kept))
        })
  }

  /// What an identity has, and no job file.
  private static let strangers: Set = [
    "data.fingerprint", "data.decoding", "training.initialFrom", "training.extensions",
  ]

  /// The checksum of the file that the weights came from; nil for random ones.
  var initialWeights: String? { identity?.words.first { $0.path == "training.initialFrom" }?.value }

  /// What it was trained for beyond its job; nil for nothing.
  var extensions: String? { identity?.words.first { $0.path == "training.extensions" }?.value }

  /// Which words the identity is in: those of a version, or of a Kiln before identities had one.
  var identityVersion: String? {
    guard identity != nil else { return metadata["kiln.identity"].map { _ in "of a later Kiln" } }
    return metadata["kiln.identity"] == nil ? "of a Kiln before identities had a version" : "version 1"
  }
}
