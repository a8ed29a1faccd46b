public import Checkpoints
public import Datasets
public import DurableFiles
public import Networks
public import RunFiles
public import Tensors

/// Why a run ended without a result.
public enum TrainingError: Error {
  case network(PlanError)
  case data(DatasetError)
  case checkpoint(CheckpointError)
  /// A checkpoint of another network or job.
  case checkpointMismatch(String)
  /// A trained network that cannot be used, or not so.
  case unusable(path: String, problem: String, cure: String)
  /// A checkpoint that a later version of Kiln has written.
  case newerRun(String)
  /// Kiln cannot write down where the run stands.
  case unsavable(String)
  case file(FileError)
  case metrics(MetricsError)
  case memory(OutOfMemory)
  /// The disk has not the space that the run will take, in bytes.
  case space(path: String, needed: Int, free: Int)
  /// Even if it were empty, the disk would not have the space that the run will take.
  case noSuchSpace(path: String, needed: Int, total: Int)
  /// The data have more classes than the loss can tell apart, or than the network has outputs for.
  case classes([String], outputs: Int, needed: ClosedRange<Int>?, loss: String)
  case diverged(Divergence, step: Int, rate: Double)
  /// An earlier Kiln began the run, and computed this layer otherwise: the rest would not have that version's bytes.
  case otherArithmetic(layer: String)
  /// The file of `initialFrom` cannot be used.
  case initialWeights(path: String, problem: String, cure: String)
  /// A weight for each class is needed.
  case classWeights(ClassWeights, classes: [String])
  /// The last batch of an epoch has one image, and a layer's one value a channel of it has no variance. `better` is a
  /// batch size that leaves another rest.
  case lonelyImage(layer: String, images: Int, batchSize: Int, better: Int)
  /// Another process trains in this folder.
  case busy(String)
}

extension TrainingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .network(let error): "\(error)"
    case .data(let error): "\(error)"
    case .checkpoint(let error): "\(error)"
    case .checkpointMismatch(let what):
      "the checkpoint does not belong to this job: \(what); name another output folder to start afresh"
    case .unusable(let path, let problem, let cure): "\(path): \(problem); \(cure)"
    case .newerRun(let what):
      "a newer Kiln began this run: \(what); go on with that one, or name another output folder to start afresh"
    case .unsavable(let problem): "the run's state cannot be saved: \(problem); please report this"
    case .file(let error): "\(error)"
    case .metrics(let error): "\(error)"
    case .memory(let error): "\(error)"
    case .space(let path, let needed, let free):
      "\(path): the run will write up to \(needed / 1000 + 1) kB and \(free / 1000) kB are free; free some space on that "
        + "file system, or lower `checkpoints.keep`"
    case .noSuchSpace(let path, let needed, let total):
      "\(path): the run will write up to \(needed / 1000 + 1) kB, and its whole file system has \(total / 1000) kB; lower "
        + "`checkpoints.keep`, or keep runs on a larger one"
    case .classes(let names, let outputs, let needed, let loss): Self.classes(names, outputs, needed, loss)
    case .diverged(let divergence, let step, let rate):
      "training diverged at step \(step): \(divergence), at a learning rate of \(rate); lower `learningRate` (a third of it is "
        + "a good try), or add `clipNorm: 1`, `warmUp` or `onDivergence: {reduceRate: 0.5, retries: 3}`; the last "
        + "checkpoint is kept"
    case .otherArithmetic(let layer):
      "an earlier Kiln began this run, and computed `\(layer)` in another way: going on would end with values that "
        + "neither version gives; submit the job again to start afresh, or let the earlier version finish it"
    case .initialWeights(let path, let problem, let cure): "initialFrom: \(path): \(problem); \(cure)"
    case .classWeights(let weights, let classes):
      "classWeights has \(weights.count) weights, the data have \(classes.count) classes; write one for each, in this order: "
        + classes.prefix(10).joined(separator: ", ") + (classes.count > 10 ? ", …" : "")
    case .lonelyImage(let layer, let images, let batchSize, let better):
      "\(layer) has one value a channel of each image, and \(images) training images in batches of \(batchSize) leave one "
        + "alone at the end of every epoch, whose variance is nothing to divide by; write `batchSize: \(better)`, or add or "
        + "remove an image"
    case .busy(let holder): "another process trains in this folder: \(holder)"
    }
  }

  private static func classes(_ names: [String], _ outputs: Int, _ needed: ClosedRange<Int>?, _ loss: String) -> String
  {
    let shown = names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", …" : "")
    let data = "the data have \(names.count) classes (\(shown))"
    guard let needed else {
      return "\(data), and \(loss) tells two apart; use `loss: softmaxCrossEntropy` and end the network with "
        + "`linear: {outputs: \(names.count)}`"
    }
    return "\(data), and the network has \(outputs) outputs; end it with `linear: {outputs: \(needed.lowerBound)}`"
  }

  /// The run's checkpoints are whole, and this job, these images or this Kiln are not those that they belong to. Somebody
  /// has to decide what is right; nothing is lost meanwhile.
  public var needsDecision: Bool {
    switch self {
    case .checkpointMismatch, .newerRun, .otherArithmetic: true
    default: false
    }
  }

  /// True if trying the same job again cannot help.
  public var isPermanent: Bool {
    switch self {
    case .checkpoint, .file, .metrics, .memory, .busy, .space: false
    case .data(let error): error.kind != .transient
    default: true
    }
  }
}
