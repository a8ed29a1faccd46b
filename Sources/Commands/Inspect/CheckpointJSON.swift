import Checkpoints
import RunFiles

/// A checkpoint for programs.
struct CheckpointJSON: Encodable {
  let model: String
  /// Null for a model that stands alone.
  let training: OrNull<String>
  /// What the run's result depends on, by the paths of the job file's keys; null for a file that does not say.
  let identity: OrNull<[String: String]>
  /// The job as YAML, as a job file says it; null for a file that does not say.
  let job: OrNull<String>
  let classes: OrNull<[String]>
  let normalization: OrNull<CheckpointOrigin.Normalization>
  let fingerprint: OrNull<String>
  let step: OrNull<Int>
  let decision: OrNull<Decision>
  /// Where the run was trained last, and by which version of Kiln; null for a file that lies in no run.
  let machine: OrNull<String>
  let version: OrNull<String>
  /// Without what only the program reads.
  let metadata: [String: String]
  let parameters: Int
  let nonFinite: Int
  let remarks: [String]
  let tensors: [TensorJSON]

  init(_ report: CheckpointReport) {
    let origin = report.origin
    model = report.files.model
    training = OrNull(report.files.training)
    identity = OrNull(origin.identity.map { Dictionary($0.words.map { ($0.path, $0.value) }) { first, _ in first } })
    job = OrNull(origin.job.map { $0.yaml() + "\n" })
    classes = OrNull(origin.classes)
    normalization = OrNull(origin.normalization)
    fingerprint = OrNull(origin.fingerprint)
    step = OrNull(origin.step)
    decision = OrNull(report.decision)
    machine = OrNull(report.trained?.machine)
    version = OrNull(report.trained?.version)
    metadata = origin.stated
    parameters = report.parameters
    nonFinite = report.nonFinite
    remarks = report.remarks
    tensors = report.tensors.map { TensorJSON($0.place, layer: $0.layer, $0.survey) }
  }
}

/// A tensor without its values, for programs. Figures are of the finite values, and null if there are none or if the type
/// is not read as numbers.
struct TensorJSON: Encodable {
  let name: String
  let layer: String
  let type: String
  let shape: [Int]
  let parameters: Int
  let bytes: Int
  let minimum: OrNull<Double>
  let maximum: OrNull<Double>
  let mean: OrNull<Double>
  let standardDeviation: OrNull<Double>
  let norm: OrNull<Double>
  let zeros: OrNull<Int>
  let nonFinite: OrNull<Int>
  let nans: OrNull<Int>
  /// Of values from the minimum to the maximum, in intervals of one width.
  let histogram: OrNull<[Int]>

  init(_ tensor: SafetensorsIndex.Tensor, layer: String, _ survey: TensorSurvey?) {
    let statistics = survey?.statistics
    name = tensor.name
    self.layer = layer
    type = tensor.typeName
    shape = tensor.shape
    parameters = tensor.count
    bytes = tensor.bytes.count
    minimum = OrNull(finite: statistics?.minimum)
    maximum = OrNull(finite: statistics?.maximum)
    mean = OrNull(finite: statistics?.mean)
    standardDeviation = OrNull(finite: statistics?.standardDeviation)
    norm = OrNull(finite: statistics?.norm)
    zeros = OrNull(statistics?.zeros)
    nonFinite = OrNull(statistics?.nonFinite)
    nans = OrNull(statistics?.nans)
    histogram = OrNull(survey?.histogram?.counts)
  }
}
