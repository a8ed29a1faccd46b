import ArgumentParser
import Checkpoints
import Configuration
import Foundation

/// `kiln inspect`: what is in a checkpoint.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what is in a checkpoint.",
    discussion: """
      CHECKPOINT is a safetensors file, a checkpoint's directory, a link to one
      (RUN/best, RUN/latest), or a run's directory, which stands for its newest
      valid checkpoint.
      Exit status: 65 if it is damaged, 66 if there is none.
      """)

  @Argument(help: "A model file, a checkpoint or a run.", completion: .file())
  var checkpoint: String

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    do {
      let report = try CheckpointReport(try CheckpointFiles(named: checkpoint))
      for damage in report.files.passedOver { Self.complain("passed over: \(damage)") }
      print(json ? report.json.indented() : report.text)
    } catch {
      Self.complain("\(error)")
      throw ExitCode(error.exitStatus)
    }
  }

  private static func complain(_ message: String) {
    FileHandle.standardError.write(Data("kiln inspect: \(message)\n".utf8))
  }
}

extension CheckpointError {
  /// The exit status of sysexits.h: EX_NOINPUT, EX_IOERR, EX_DATAERR.
  var exitStatus: Int32 {
    switch self {
    case .noCheckpoint: 66
    case .file(let error) where error.code == ENOENT || error.code == EACCES: 66
    case .file(let error) where error.code != nil: 74
    default: 65
    }
  }
}
