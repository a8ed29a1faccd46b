import Datasets
import Networks

/// Everything of a job that its result depends on, as text by key. A checkpoint carries it, and belongs only to a job
/// with the same.
struct RunIdentity {
  /// In the order in which differences are looked for.
  private let settings: [(key: String, value: String)]

  /// - Parameter initial: what the network began with, if not with random values.
  init(_ job: TrainingJob, _ plan: NetworkPlan, fingerprint: String, initial: InitialWeights?) {
    let training = job.training
    settings = [
      ("network", plan.text),
      ("layers", job.network.layers.map { "\($0.layer)" }.joined(separator: "\n")),
      ("dataset.fingerprint", fingerprint),
      ("normalize", "\(job.data.normalize)"),
      ("augment", "\(job.data.augment)"),
      ("epochs", "\(training.epochs)"),
      ("batchSize", "\(training.batchSize)"),
      ("seed", "\(training.seed)"),
      ("loss", "\(training.loss)"),
      ("classWeights", "\(training.classWeights)"),
      ("optimizer", "\(training.optimizer)"),
      ("schedule", "\(training.schedule)"),
      ("warmUp", training.warmUp.map { "\($0)" } ?? "none"),
      ("clipNorm", training.clipNorm.map { "\($0)" } ?? "none"),
      ("onDivergence", "\(training.onDivergence)"),
      ("initialFrom", initial?.checksum ?? "none"),
      ("earlyStopping", training.earlyStopping.map { "\($0)" } ?? "none"),
      ("convolution", training.convolution.rawValue),
    ]
  }

  var metadata: [String: String] { Dictionary(uniqueKeysWithValues: settings.map { ($0.key, $0.value) }) }

  /// The first setting that a checkpoint's metadata have otherwise; nil if there is none.
  func difference(from metadata: [String: String]) -> String? {
    settings.first { metadata[$0.key] != $0.value }.map { key, value in
      "its \(key) is \(metadata[key] ?? "missing"), the job's is \(value)"
    }
  }
}

extension NetworkPlan {
  /// One line for each layer.
  var text: String {
    layers.map { "\($0.index) \($0.keyword) \($0.input) -> \($0.output)" }.joined(separator: "\n")
  }
}
