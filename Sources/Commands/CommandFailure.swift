import ArgumentParser
import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Glibc
import Interchange
import Jobs
import Lessons
import Manifests
import Networks
package import RunFiles
import Supervision
import Tensors
import Training

/// How a command ends that does not do what was asked: what a person is told, and the exit status.
package struct CommandFailure: Error, Equatable {
  /// What is wrong, where, and the cure. Nil if the command's own output has said everything.
  package let text: String?
  package let status: ExitStatus
  /// The text begins with its place in a file, as `job.yaml:12:3: error: …`.
  private let hasPlace: Bool

  init(_ text: String, _ status: ExitStatus) {
    self.init(text, status, hasPlace: false)
  }

  /// The command's own output has said everything.
  init(_ status: ExitStatus) {
    self.init(nil, status, hasPlace: false)
  }

  /// What every other error means for a command: the one list of the program.
  package init(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case is ConfigurationError: self.init("\(error)", .badData, hasPlace: true)
    case let error as PlanError: self.init("\(error)", .badData, hasPlace: error.place != nil)
    default: self.init("\(error)", Self.status(of: error))
    }
  }

  private init(_ text: String?, _ status: ExitStatus, hasPlace: Bool) {
    self.text = text
    self.status = status
    self.hasPlace = hasPlace
  }

  /// The lines for standard error. They begin with the program's name, or, as a compiler's do, with a place, so that
  /// editors find it.
  package var lines: String? { text.map { hasPlace ? $0 : "kiln: \($0)" } }

  private static func status(of error: any Error) -> ExitStatus {
    switch error {
    case is ValidationError, is LessonError, is UnknownKey: .usage
    case let error as FileError: error.exitStatus
    case let error as JobError: error.exitStatus
    case let error as CheckpointError: error.exitStatus
    case let error as TrainingError: error.exitStatus
    case let error as DatasetError: error.exitStatus
    case let error as MetricsError: error.exitStatus
    case let error as InterchangeError: error.exitStatus
    case is OutOfMemory, is StopError, is SupervisionError: .system
    default: .software
    }
  }
}

extension FileError {
  var exitStatus: ExitStatus {
    switch self {
    case .locked: .tryAgain
    case .notRegular, .tooLarge: .badData
    case .system(_, _, ENOMEM): .system
    case .system(let operation, _, let code):
      switch FailureKind(code: code) {
      case .ours: .software
      case .permanent where Self.readings.contains(operation): .noInput
      case .permanent, .transient: .inputOutput
      }
    }
  }

  /// What fails when there is no such input, or none that this user may read; everything else that fails is a file that
  /// was to be written.
  private static let readings: Set = ["open", "read", "examine", "list", "read the link"]
}

extension JobError {
  var exitStatus: ExitStatus {
    switch self {
    case .file(let error): error.exitStatus
    // There is no such job, or none of which this can be asked.
    case .unknown, .outOfPlace: .noInput
    }
  }
}

extension CheckpointError {
  var exitStatus: ExitStatus {
    switch self {
    case .noCheckpoint: .noInput
    case .file(let error): error.exitStatus
    default: .badData
    }
  }
}

extension DatasetError {
  var exitStatus: ExitStatus {
    switch (self, kind) {
    case (.file(.system(_, _, ENOMEM)), _): .system
    case (_, .transient): .inputOutput
    case (_, .permanent): .badData
    case (_, .ours): .software
    }
  }
}

extension MetricsError {
  var exitStatus: ExitStatus {
    switch self {
    case .file(let error): error.exitStatus
    case .malformed: .badData
    }
  }
}

extension InterchangeError {
  var exitStatus: ExitStatus {
    switch self {
    case .training(let error): error.exitStatus
    case .file(let error): error.exitStatus
    case .ending: .usage
    case .noFolder: .noInput
    case .layer: .software
    case .tooLarge, .foreignFile, .occupied, .unreadable, .mismatch: .badData
    }
  }
}

extension TrainingError {
  var exitStatus: ExitStatus {
    switch self {
    case .file(.locked), .busy: .tryAgain
    case .memory: .system
    case .data(let error): error.exitStatus
    // A run that this job cannot go on with is neither the job's failure nor the disk's: somebody has to decide.
    case _ where needsDecision: .undecided
    default: isPermanent ? .badData : .inputOutput
    }
  }
}
