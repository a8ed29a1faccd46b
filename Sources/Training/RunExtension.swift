import Checkpoints
import Configuration
import Kernels
public import RunFiles

/// Training a finished run further than its job says.
///
/// A run is a sequence of phases: the job's own epochs, and each extension. A phase ends with its test, and the next one
/// begins with a clean slate for early stopping. `RunState.extensions` says how many have begun, so that a run which goes on
/// from any checkpoint, or is replayed from its start, takes the same steps.
extension TrainingRun {
  private var current: Extension? { state.extensions.map { job.extensions[$0 - 1] } }

  /// With which the present phase ends.
  var epochs: Int { current?.end ?? job.training.epochs }

  /// What the run's result depends on by now.
  var identity: RunIdentity { identity(afterExtensions: state.extensions ?? 0) }

  func identity(afterExtensions count: Int) -> RunIdentity {
    RunIdentity(job, fingerprint: data.fingerprint, initial: initial, extensions: Array(job.extensions.prefix(count)))
  }

  /// The constant rate of an extension; nil in the job's own epochs.
  var extensionRate: Double? {
    current.map { one in
      let since = (state.divergences ?? 0) - one.divergences
      return one.learningRate * Elementary.power(job.training.onDivergence.reduceRate, max(since, 0))
    }
  }

  /// - Returns: false if there is none left.
  mutating func beginExtension() throws(TrainingError) -> Bool {
    let begun = state.extensions ?? 0
    guard begun < job.extensions.count else { return false }
    guard job.extensions[begun].after == state.epochs else {
      throw .checkpointMismatch(
        "extensions.json says that it had \(job.extensions[begun].after) epochs then, and it has \(state.epochs)")
    }
    state.extensions = begun + 1
    state.earlyStopping = nil
    state.skippedTest = nil
    return true
  }
}

extension Extension {
  /// What a finished run is to be trained for further.
  ///
  /// - Parameters:
  ///   - run: the run's folder. What it was to be extended by before, and was not yet, is to be dropped.
  ///   - rate: the rate of its last step, if not given.
  /// - Returns: the extensions of the run, the new one last.
  /// - Throws: `.unusable` if the run has no checkpoint or no step.
  public static func adding(
    epochs: Int, rate: Double?, to earlier: [Extension], of run: String
  ) throws(TrainingError) -> [Extension] {
    guard let saved = try SavedRun(newestIn: CheckpointStore(run: run), report: { _ in }) else {
      throw .unusable(path: run, problem: "it has no checkpoint to go on from", cure: "train the job first")
    }
    var last: Double?
    do {
      try MetricsLog.Rows(RunFolder(run)[.metrics]).forEach { row in
        if case .step(let step) = row, step.step <= saved.state.step { last = step.learningRate }
      }
    } catch { throw .metrics(error) }
    guard let rate = rate ?? last, rate > 0, rate.isFinite else {
      throw .unusable(
        path: run, problem: "its metrics do not say a learning rate above 0 to go on with", cure: "give one with --rate"
      )
    }
    let begun = earlier.prefix(saved.state.extensions ?? 0)
    let next = Extension(
      after: saved.state.epochs, epochs: epochs, learningRate: rate, divergences: saved.state.divergences ?? 0)
    return begun + [next]
  }

  /// In the words of an identity.
  var json: JSON {
    ["after": .whole(after), "epochs": .whole(epochs), "learningRate": .number(learningRate)]
  }
}

extension TrainingJob {
  /// Epochs of the run with all its extensions.
  public var epochs: Int { extensions.last?.end ?? training.epochs }
}
