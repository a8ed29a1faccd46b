public import Checkpoints
import Configuration
public import Datasets
import DurableFiles
public import Images
public import Networks
public import RunFiles
import Tensors
public import Workers

/// A network as a checkpoint has it: all that is needed to use it, without its job and its images.
public struct TrainedNetwork: Sendable {
  public let network: Network
  /// The network, bound to images of 3 x 256 x 256.
  public let plan: NetworkPlan
  /// What it was trained by, which says what its outputs mean.
  public let loss: any Loss
  /// How pixels are normalized.
  public let statistics: ChannelStatistics
  /// What its classes are called, by index; numbers, if nobody has said.
  public let classes: [String]
  /// The checkpoint does not say what its classes are called.
  public let classesAreNumbers: Bool
  /// How files become squares.
  public let reading: ImageReading
  /// Optimizer steps that it was trained for; 0 for one that was imported.
  public let step: Int
  /// Every parameter and statistic of the plan, named and shaped as `torch.nn.Sequential` has them.
  public let model: [NamedTensor]
  /// How its outputs become answers, if somebody has chosen.
  public let decision: Decision?

  /// A network that was trained elsewhere.
  ///
  /// - Parameters:
  ///   - classes: nil if nobody knows what they are called.
  ///   - convolution: the algorithms that it may be computed by.
  /// - Throws: `.network`; `.checkpointMismatch` if a tensor is missing or has another shape, or if the classes are not
  ///   as many as the outputs tell apart.
  public init(
    network: Network, loss: any Loss, statistics: ChannelStatistics, classes: [String]?, reading: ImageReading,
    model: [NamedTensor], convolution: ConvolutionChoice = .automatic
  ) throws(TrainingError) {
    try self.init(
      network, loss, convolution, statistics, classes.map { .known($0) } ?? .unknown, reading, step: 0, model, nil)
  }

  private enum Names {
    case known([String])
    case inMetadata([String: String])
    case unknown
  }

  private init(
    _ network: Network, _ loss: any Loss, _ convolution: ConvolutionChoice, _ statistics: ChannelStatistics,
    _ names: Names, _ reading: ImageReading, step: Int, _ model: [NamedTensor], _ decision: Decision?
  ) throws(TrainingError) {
    do {
      plan = try NetworkPlan(
        network, judgedBy: loss, input: Shape(channels: 3, height: ImagePlanes.side, width: ImagePlanes.side),
        convolution: convolution)
    } catch { throw .network(error) }
    (self.network, self.loss, self.statistics, self.reading) = (network, loss, statistics, reading)
    (self.step, self.decision) = (step, decision)
    let count = ClassNames.count(outputs: plan.output.count, loss)
    let known: [String]?
    switch names {
    case .known(let names):
      guard names.count == count else {
        throw .checkpointMismatch("its outputs tell \(count) classes apart, and \(names.count) are named")
      }
      known = names
    case .inMetadata(let metadata):
      known = ClassNames(in: metadata, outputs: plan.output.count, judgedBy: loss)?.names
    case .unknown: known = nil
    }
    classes = known ?? (0..<count).map { "\($0)" }
    classesAreNumbers = known == nil
    self.model = try Self.tensors(of: plan, in: model)
  }

  /// Those of the plan, in its order.
  private static func tensors(
    of plan: NetworkPlan, in model: [NamedTensor]
  ) throws(TrainingError) -> [NamedTensor] {
    switch plan.misfit(of: model) {
    case .missing(let slot): throw .checkpointMismatch("it has no tensor `\(slot.name)`")
    case .shape(let slot, let tensor):
      throw .checkpointMismatch("`\(slot.name)` has the shape \(tensor.shape), the network needs \(slot.shape)")
    case nil, .stranger: break
    }
    let byName = Dictionary(model.map { (ByteText($0.name), $0) }, uniquingKeysWith: { first, _ in first })
    return (plan.parameters + plan.statistics).compactMap { byName[ByteText($0.name)] }
  }
}

extension TrainedNetwork {
  /// The network of a checkpoint: of both its files, and of what was chosen about its outputs.
  ///
  /// - Parameter takesDecision: whether what was chosen counts; else it is not looked at.
  /// - Throws: `.unusable` if the model stands alone, or with a decision about another model; `.checkpoint` if a file is
  ///   damaged or cannot be read; `.newerRun`; `.checkpointMismatch` if what the files say does not fit together.
  public init(_ files: CheckpointFiles, takesDecision: Bool = true) throws(TrainingError) {
    guard let path = files.training else {
      throw .unusable(
        path: files.model, problem: "the file stands alone and does not say which network it is of",
        cure: "name a checkpoint's folder, or make one of the file with `kiln import`")
    }
    let (model, training): (TensorFile, TensorFile)
    do {
      model = try TensorFile(contentsOf: files.model)
      training = try TensorFile(contentsOf: path)
    } catch { throw .checkpoint(error) }
    try self.init(files, model, training, takesDecision: takesDecision)
  }

  /// The network of a checkpoint that has been read.
  ///
  /// - Parameter takesDecision: whether what was chosen about its outputs counts; else it is not looked at.
  /// - Throws: as for its files.
  public init(_ checkpoint: Checkpoint, takesDecision: Bool = true) throws(TrainingError) {
    let files: CheckpointFiles
    do { files = try CheckpointFiles(named: checkpoint.path) } catch { throw .checkpoint(error) }
    try self.init(files, checkpoint.model, checkpoint.training, takesDecision: takesDecision)
  }

  private init(
    _ files: CheckpointFiles, _ model: TensorFile, _ training: TensorFile, takesDecision: Bool
  ) throws(TrainingError) {
    let decision: Decision?
    do { decision = takesDecision ? try files.decision() : nil } catch { throw .checkpoint(error) }
    if let decision, decision.model != model.metadata[Safetensors.checksumKey] {
      throw .unusable(
        path: files.decisionPath, problem: "its threshold was chosen for another model than the one beside it",
        cure: "remove the file, or choose again with `kiln evaluate --save-threshold`")
    }
    do { try self.init(model: model.tensors, training.metadata, decision, at: files.folder) } catch {
      throw error.ofUse(of: files.folder)
    }
  }

  /// - Parameter metadata: of a checkpoint's training.safetensors.
  private init(
    model: [NamedTensor], _ metadata: [String: String], _ decision: Decision?, at path: String
  ) throws(TrainingError) {
    guard let text = metadata[RunState.key] else {
      throw .unusable(
        path: path, problem: "training.safetensors holds no state of a run",
        cure: "name a checkpoint of Kiln's, or make one with `kiln import`")
    }
    let state = try RunState(encoded: text)
    let identity = try RunIdentity(in: metadata)
    let settings: (Network, any Loss, ConvolutionChoice, ImageReading)
    do {
      settings = (try identity.network(), try identity.loss(), try identity.convolution(), try identity.reading())
    } catch {
      throw .unusable(
        path: path, problem: "its settings cannot be read: \(error.message)", cure: "use the Kiln that wrote it")
    }
    try self.init(
      settings.0, settings.1, settings.2, state.statistics, .inMetadata(metadata), settings.3, step: state.step, model,
      decision)
  }

  /// The two files of a checkpoint of this network, which holds nothing to go on with training from.
  /// - Throws: `.unsavable` if the statistics are not finite.
  public func checkpoint() throws(TrainingError) -> (model: TensorFile, training: TensorFile) {
    var state = RunState()
    state.statistics = statistics
    var metadata = ["format": "pt", "step": "\(step)", "network": plan.text]
    if !classesAreNumbers { metadata["classes"] = classes.joined(separator: "\n") }
    metadata["mean"] = statistics.mean.map { "\($0)" }.joined(separator: " ")
    metadata["deviation"] = statistics.deviation.map { "\($0)" }.joined(separator: " ")
    var training = metadata
    if !classesAreNumbers { training[ClassNames.key] = ClassNames(classes).encoded }
    training[RunIdentity.key] = RunIdentity(network, judgedBy: loss, reading).encoded
    training[RunState.key] = try state.encoded
    return (TensorFile(tensors: model, metadata: metadata), TensorFile(tensors: [], metadata: training))
  }
}

extension TrainingError {
  /// What is wrong with a checkpoint that is to be used has another cure than of one that is to be trained further.
  fileprivate func ofUse(of path: String) -> TrainingError {
    switch self {
    case .checkpointMismatch(let problem):
      .unusable(
        path: path, problem: problem, cure: "its files are not of one network: copy the checkpoint's folder again")
    case .newerRun(let problem):
      .unusable(path: path, problem: "a newer Kiln wrote it: \(problem)", cure: "use that version")
    default: self
    }
  }
}

extension Predictor {
  /// - Throws: `.memory`.
  public convenience init(_ network: TrainedNetwork, team: Team) throws(TrainingError) {
    try self.init(
      network.plan, loss: network.loss, statistics: network.statistics, classes: network.classes, model: network.model,
      team: team)
  }
}
