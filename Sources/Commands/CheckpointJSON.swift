import Checkpoints

/// A checkpoint for programs.
struct CheckpointJSON: Encodable {
  let model: String
  /// Null for a model that stands alone.
  let training: OrNull<String>
  /// What the run's result depends on, by the paths of the job file's keys; null for a file that does not say.
  let identity: OrNull<[String: String]>
  let metadata: [String: String]
  let parameters: Int
  let nonFinite: Int
  let tensors: [Tensor]

  struct Tensor: Encodable {
    let name: String
    let layer: String
    let shape: [Int]
    let parameters: Int
    /// Of the finite values; null if there are none.
    let minimum: OrNull<Double>
    let maximum: OrNull<Double>
    let mean: OrNull<Double>
    let standardDeviation: OrNull<Double>
    let nonFinite: Int
  }

  init(_ report: CheckpointReport) {
    model = report.files.model
    training = OrNull(report.files.training)
    identity = OrNull(report.identity.map { Dictionary($0.words.map { ($0.path, $0.value) }) { first, _ in first } })
    metadata = report.metadata
    parameters = report.parameters
    nonFinite = report.nonFinite
    tensors = report.tensors.map { tensor in
      let summary = tensor.summary
      return Tensor(
        name: tensor.name, layer: tensor.layer, shape: tensor.shape, parameters: summary.count,
        minimum: OrNull(finite: summary.minimum.map(Double.init)),
        maximum: OrNull(finite: summary.maximum.map(Double.init)), mean: OrNull(finite: summary.mean),
        standardDeviation: OrNull(finite: summary.standardDeviation), nonFinite: summary.nonFinite)
    }
  }
}
