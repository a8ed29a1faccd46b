/// The files and folders of a run. The raw values are their names inside the run's folder.
///
/// `kiln train` writes most of them, `kilnd` some, and both read what the other wrote. A name stands here and nowhere
/// else.
public enum RunFile: String, CaseIterable, Sendable {
  /// The manifest that the run is of, byte for byte.
  case job = "job.yaml"
  /// Where the manifest's relative paths start from: an `Origin`.
  case origin = "origin.json"
  /// What the run was trained for beyond the job, if somebody asked for it: a list of `Extension`.
  case extensions = "extensions.json"
  /// The weights that the run began with, if they were another run's: that one may go on, or be removed.
  case initial = "initial.safetensors"
  /// Every state the job came into: a `HistoryRow` a line.
  case history = "history.jsonl"
  /// What was trained on what: each image with its class, its part and how it was read. A table that `labels` accepts.
  case data = "data.tsv"
  /// A `MetricRow` a line.
  case metrics = "metrics.jsonl"
  /// The loss curve, to look at.
  case lossCurve = "loss.svg"
  /// The images that could not be used, one a line below a header.
  case skipped = "skipped.tsv"
  /// Where the run is: a `Progress`.
  case progress = "progress.json"
  /// What the trainer wrote to its standard output and error.
  case log = "train.log"
  /// Why the last attempt failed, in words.
  case failure = "error.txt"
  /// Held by the process that trains in this folder.
  case lock = "run.lock"
  /// A folder for each saved step.
  case checkpoints
  /// A link to the newest checkpoint.
  case latest
  /// A link to the checkpoint with the best validation.
  case best
}

/// The files of one checkpoint: two that training writes, and perhaps a third.
public enum CheckpointFile: String, CaseIterable, Sendable {
  /// The network's weights, as PyTorch loads them.
  case model = "model.safetensors"
  /// What training needs besides: the optimizer's memories and the state of the run.
  case training = "training.safetensors"
  /// How outputs become answers, if somebody has chosen: a `Decision`.
  case decision = "decision.json"
}

/// A run's folder: knows where everything in it lies.
public struct RunFolder: Sendable, Equatable {
  public let path: String

  public init(_ path: String) {
    self.path = path
  }

  public subscript(_ file: RunFile) -> String { "\(path)/\(file.rawValue)" }
}
