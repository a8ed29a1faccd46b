import Charts
import Checkpoints
import DurableFiles
import Foundation
import Training

/// What there is to say about a checkpoint, from its files alone.
struct CheckpointReport {
  struct Tensor {
    let name: String
    /// The keyword of the layer it belongs to; empty if the file does not say.
    let layer: String
    let shape: [Int]
    let summary: TensorSummary
  }

  let files: CheckpointFiles
  let tensors: [Tensor]
  /// Without the identity.
  let metadata: [String: String]
  /// What the run's result depends on; nil for a file that does not say, or not in words that this version knows.
  let identity: RunIdentity?
  /// How many values the optimizer keeps beside the parameters; nil for a model that stands alone.
  let trainingValues: Int?

  init(_ files: CheckpointFiles) throws(CheckpointError) {
    self.files = files
    let model = try TensorFile(contentsOf: files.model)
    var training: TensorFile?
    if let path = files.training { training = try TensorFile(contentsOf: path) }
    let metadata = (training?.metadata ?? [:]).merging(model.metadata) { _, model in model }
    do { identity = try training.map { file throws(TrainingError) in try RunIdentity(in: file.metadata) } } catch {
      identity = nil
    }
    self.metadata = metadata.filter { !RunIdentity.keys.contains($0.key) }
    trainingValues = training?.tensors.reduce(0) { $0 + $1.values.count }
    let layers = Self.layers(metadata["network"] ?? "")
    tensors = model.tensors.map { tensor in
      let index = tensor.name.split(separator: ".").first.flatMap { Int($0) }
      return Tensor(
        name: tensor.name, layer: index.flatMap { layers[$0] } ?? "", shape: tensor.shape,
        summary: TensorSummary(tensor.values))
    }
  }

  /// The keyword of each layer by its index, from lines such as `2 conv2d 10 x 248 x 248 -> 20 x 121 x 121`.
  private static func layers(_ network: String) -> [Int: String] {
    var layers: [Int: String] = [:]
    for line in network.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 2)
      if words.count > 1, let index = Int(words[0]) { layers[index] = String(words[1]) }
    }
    return layers
  }

  var parameters: Int { tensors.reduce(0) { $0 + $1.summary.count } }
  var nonFinite: Int { tensors.reduce(0) { $0 + $1.summary.nonFinite } }
}

// MARK: - For people

extension CheckpointReport {
  var text: String {
    let width = facts.map(\.name.count).max() ?? 0
    let lines = facts.map { fact in
      fact.name + String(repeating: " ", count: width - fact.name.count) + "  " + fact.value
    }
    return (lines + ["", table.text]).joined(separator: "\n")
  }

  private var facts: [(name: String, value: String)] {
    var facts = [(name: "checkpoint", value: files.model)]
    func add(_ name: String, _ value: String?) {
      // A file from elsewhere may hold anything.
      if let value { facts.append((printable(name), printable(value))) }
    }
    add("job", metadata["job"])
    add("step", metadata["step"])
    add("epoch", metadata["epoch"].map { epoch in metadata["epochs"].map { "\(epoch) of \($0)" } ?? epoch })
    add("validation loss", metadata["validation.loss"].map(Self.rounded))
    add("validation accuracy", metadata["validation.accuracy"].map(Self.percent))
    add("learning rate", metadata["learningRate"])
    add("data set", metadata["dataset.fingerprint"])
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where !Self.told.contains(key) {
      add(key, value.split(separator: "\n").joined(separator: ", "))
    }
    for (path, value) in identity?.words ?? [] where path != "training.epochs" && path != "data.fingerprint" {
      add(path, value)
    }
    add("checksum", metadata[Safetensors.checksumKey].map { "\($0), matches" } ?? "none: not written by Kiln")
    add("training state", trainingValues.map { "\($0.grouped) values" })
    return facts
  }

  /// Told under a name of their own, in the table, or of use to nobody but the program.
  private static let told: Set = [
    "job", "step", "epoch", "epochs", "validation.loss", "validation.accuracy", "learningRate", "dataset.fingerprint",
    "network", "format", "kiln.format", "kiln.state", "kiln.classes",
    Safetensors.checksumKey,
  ]

  private var table: Table {
    var table = Table([
      .left("tensor"), .left("layer"), .left("shape"), .right("parameters"), .right("minimum"), .right("maximum"),
      .right("mean"), .right("deviation"), .right("non-finite"),
    ])
    for tensor in tensors {
      let summary = tensor.summary
      table.append([
        tensor.name, tensor.layer, tensor.shape.map(String.init).joined(separator: " x "), summary.count.grouped,
        Self.figure(summary.minimum.map(Double.init)), Self.figure(summary.maximum.map(Double.init)),
        Self.figure(summary.mean), Self.figure(summary.standardDeviation), summary.nonFinite.grouped,
      ])
    }
    table.total(["total", "", "", parameters.grouped, "", "", "", "", nonFinite.grouped])
    return table
  }

  /// Six decimals keep the column aligned; what they cannot show is written in powers of ten.
  private static func figure(_ value: Double?) -> String {
    guard let value else { return "-" }
    let size = abs(value)
    return String(format: size == 0 || (1e-4..<1e5).contains(size) ? "%.6f" : "%.3e", value)
  }

  private static func rounded(_ text: String) -> String {
    Double(text).map { String(format: "%.4f", $0) } ?? text
  }

  private static func percent(_ text: String) -> String {
    Double(text).map { String(format: "%.1f %%", $0 * 100) } ?? text
  }
}
