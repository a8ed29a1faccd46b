import Checkpoints
import RunFiles

/// What there is to say about a checkpoint, from its files alone.
struct CheckpointReport {
  struct Tensor {
    let place: SafetensorsIndex.Tensor
    /// The keyword of the layer it belongs to; empty if the file does not say.
    let layer: String
    /// Nil for a type whose elements are not read as numbers.
    let survey: TensorSurvey?
    let statistics: TensorStatistics?

    init(_ place: SafetensorsIndex.Tensor, layer: String, _ survey: TensorSurvey?) {
      (self.place, self.layer, self.survey, statistics) = (place, layer, survey, survey?.statistics)
    }
  }

  let files: CheckpointFiles
  let tensors: [Tensor]
  let origin: CheckpointOrigin
  let decision: Decision?
  /// In the model's file, in its order.
  let metadata: [SafetensorsIndex.Metadata]
  /// How many values the optimizer keeps beside the parameters; nil for a model that stands alone.
  let trainingValues: Int?
  let hasChecksum: Bool
  /// What the run that it lies in says of its last attempt; nil for a checkpoint that lies in none.
  let trained: RunFiles.Progress?

  /// Reads every value of both files once or twice, a piece at a time.
  init(_ files: CheckpointFiles) throws(CheckpointError) {
    self.files = files
    let model = try SafetensorsFile(files.model)
    var training: SafetensorsFile?
    if let path = files.training { training = try SafetensorsFile(path) }
    try training?.verify()
    let surveys = try model.survey()
    let origin = CheckpointOrigin(model: model.index, training: training?.index)
    let layers = origin.layers
    tensors = zip(model.index.tensors, surveys).map { tensor, survey in
      let index = tensor.name.split(separator: ".").first.flatMap { Int($0) }
      return Tensor(tensor, layer: index.flatMap { layers[$0] } ?? "", survey)
    }
    self.origin = origin
    metadata = model.index.metadata
    decision = try files.training.flatMap { _ throws(CheckpointError) in try files.decision() }
    trainingValues = training?.index.tensors.reduce(0) { $0 &+ $1.count }
    trained = Self.progress(of: files)
    hasChecksum = model.index[metadata: Safetensors.checksumKey] != nil
  }

  /// A run whose progress cannot be read now is a run that does not say where it was trained: nothing depends on it.
  private static func progress(of files: CheckpointFiles) -> RunFiles.Progress? {
    do {
      guard let run = try files.run() else { return nil }
      return try RunFiles.Progress(contentsOf: RunFolder(run)[.progress])
    } catch { return nil }
  }

  /// Tensors without an element count nothing, however large their other dimensions are.
  var parameters: Int { tensors.reduce(0) { $0 &+ $1.place.count } }
  var nonFinite: Int { tensors.reduce(0) { $0 + ($1.statistics?.nonFinite ?? 0) } }

  /// The names of the types, each with the number of its tensors, the most frequent first.
  var types: [(name: String, count: Int)] {
    Dictionary(grouping: tensors, by: \.place.typeName).map { (name: $0.key, count: $0.value.count) }
      .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
  }

  /// What the table cannot say, in whole sentences.
  var remarks: [String] {
    let unknown = Set(tensors.filter { $0.place.type == nil }.map(\.place.typeName)).sorted()
    let unread = Set(tensors.filter { $0.survey == nil && $0.place.type != nil }.map(\.place.typeName)).sorted()
    let rounded = tensors.filter { [.i64, .u64].contains($0.place.type) }.contains { tensor in
      max(abs(tensor.statistics?.minimum ?? 0), abs(tensor.statistics?.maximum ?? 0)) > 0x1p53
    }
    var remarks: [String] = []
    if !unknown.isEmpty {
      remarks.append(
        "This Kiln does not know the type \(unknown.joined(separator: ", ")): of such tensors only the places were checked."
      )
    }
    if !unread.isEmpty {
      remarks.append("Elements of type \(unread.joined(separator: ", ")) are listed and not read.")
    }
    if rounded { remarks.append("Figures of 64-bit integers beyond 2^53 are rounded.") }
    return remarks
  }
}
