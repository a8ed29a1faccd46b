import Checkpoints
import DurableFiles
import Networks
import RunFiles

/// The tensors that a network begins with, from a checkpoint of Kiln or of another program.
struct InitialWeights {
  let path: String
  let tensors: [NamedTensor]
  private let metadata: [String: String]
  private let rounded: [String]
  /// Of the file's bytes: a run goes on only with what it began with.
  let checksum: String

  private static let sizeLimit = 1 << 32

  /// Nil if the job begins with random values.
  init?(of job: TrainingJob) throws(TrainingError) {
    guard let file = try job.initialPath() else { return nil }
    path = file
    let bytes: [UInt8]
    do { bytes = try readFile(path, limit: Self.sizeLimit) } catch { throw .file(error) }
    checksum = "fnv1a64:" + Checksum(bytes).hexadecimal
    do {
      let file = try Safetensors.decode(bytes)
      (tensors, metadata, rounded) = (file.tensors, file.metadata, file.rounded)
    } catch {
      throw .initialWeights(
        path: path, problem: "\(error)",
        cure: "write it with `safetensors.torch.save_file`, or name a checkpoint's model.safetensors")
    }
  }

  /// Keeps a copy in the run's folder, so that the run can begin anew, and be repeated, whatever becomes of the other one.
  /// - Throws: `.initialWeights` if the file has changed since it was read.
  func keep(as copy: String) throws(TrainingError) {
    do {
      let bytes = try readFile(path, limit: Self.sizeLimit)
      if "fnv1a64:" + Checksum(bytes).hexadecimal == checksum { return try publish(bytes, to: copy) }
    } catch { throw .file(error) }
    throw .initialWeights(
      path: path, problem: "it has changed while it was read", cure: "try again when that run has ended")
  }

  /// The model of a run's checkpoint.
  fileprivate static func model(
    of checkpoint: InitialSource.RunCheckpoint, in run: String?
  ) throws(TrainingError) -> String {
    guard let run else {
      throw .initialWeights(
        path: checkpoint.run, problem: "the run is not known here", cure: "name a checkpoint's model.safetensors")
    }
    let folder = "\(run)/\(checkpoint.mark.rawValue)"
    let path = "\(folder)/\(CheckpointFile.model.rawValue)"
    let found: FileFacts?
    do { found = try facts(at: path) } catch { throw .file(error) }
    guard found == nil else { return path }
    throw .initialWeights(
      path: folder, problem: "the run has no such checkpoint",
      cure: checkpoint.mark == .best
        ? "a run without validation has no best one: write `checkpoint: latest`" : "train that run first")
  }

  /// - Throws: `.initialWeights` if a parameter is missing, a tensor has another shape, or is none of the network's.
  func check(against plan: NetworkPlan) throws(TrainingError) {
    switch plan.misfit(of: tensors, mayLackStatistics: true) {
    case nil: return
    case .missing(let slot):
      throw refusal("it has no tensor `\(slot.name)`, which \(layer(slot, plan)) needs", shape: slot.shape)
    case .shape(let slot, let tensor):
      throw refusal(
        "`\(slot.name)` has the shape \(tensor.shape), and \(layer(slot, plan)) needs \(slot.shape)", shape: slot.shape)
    case .stranger(let tensor):
      throw .initialWeights(
        path: path, problem: "the network has no tensor `\(tensor.name)`", cure: "take the file of the same network")
    }
  }

  /// What to say if the network of the file had other classes, or the same ones at other outputs; nil if it had these, or
  /// does not say.
  func remark(on classes: [String], outputs: Int, judgedBy loss: any Loss) -> String? {
    guard let earlier = ClassNames(in: metadata, outputs: outputs, judgedBy: loss),
      earlier.names.map(ByteText.init) != classes.map(ByteText.init)
    else { return nil }
    func list(_ names: [String]) -> String {
      names.prefix(10).map { "'\(printable($0))'" }.joined(separator: ", ") + (names.count > 10 ? ", …" : "")
    }
    return
      "initialFrom: the outputs of that network stood for \(list(earlier.names)); here they stand for \(list(classes))"
  }

  /// What to say if the file is more precise than the network; nil if no value was rounded.
  var remarkOnRounding: String? {
    guard !rounded.isEmpty else { return nil }
    let names = rounded.prefix(3).map { printable($0) }.joined(separator: ", ") + (rounded.count > 3 ? ", …" : "")
    return
      "initialFrom: values of double precision were rounded to single in \(rounded.count) of \(tensors.count) tensors (\(names))"
  }

  private func layer(_ slot: ParameterSlot, _ plan: NetworkPlan) -> String {
    "layer \(slot.layer) (\(plan.layers[slot.layer].keyword))"
  }

  private func refusal(_ problem: String, shape: [Int]) -> TrainingError {
    let has = tensors.prefix(8).map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
    return .initialWeights(
      path: path, problem: "\(problem); it has \(has)\(tensors.count > 8 ? ", …" : "")",
      cure: "take the file of the same network: a torch.nn.Sequential with the same layers names its tensors so")
  }
}

extension TrainingJob {
  /// The file whose weights the network begins with; nil if it begins with random values.
  /// - Throws: `.data` if there is no such file, `.initialWeights` if there is no such run or checkpoint.
  public func initialPath() throws(TrainingError) -> String? {
    switch training.initialFrom {
    case nil: return nil
    case .file(let file): do { return try location.find(file) } catch { throw .data(error) }
    case .run(let checkpoint):
      if let initialKept { return initialKept }
      return try InitialWeights.model(of: checkpoint, in: initialRun)
    }
  }

  /// With the copy that a run's folder has, if it has one.
  func withInitialWeights(keptIn directory: String) throws(TrainingError) -> TrainingJob {
    guard case .run = training.initialFrom, initialKept == nil else { return self }
    var job = self
    let copy = RunFolder(directory)[.initial]
    do { job.initialKept = try facts(at: copy) == nil ? nil : copy } catch { throw .file(error) }
    return job
  }
}
