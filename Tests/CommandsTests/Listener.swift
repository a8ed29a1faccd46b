import Commands
import DurableFiles
import Foundation
import Synchronization
import TemporaryFolder

/// What a command said, and how it ended.
struct Said {
  let status: Int32
  let output: String
  let errors: String

  var json: Any? { try? JSONSerialization.jsonObject(with: Data(output.utf8)) }
  var object: [String: Any]? { json as? [String: Any] }
  var lines: [Substring] { output.split(separator: "\n") }
}

/// Runs `kiln` in this process.
///
/// - Parameter failing: a stream that takes no word.
func kiln(
  _ arguments: [String], environment: [String: String] = [:], isTerminal: Bool = false, failing: Console.Stream? = nil
) -> Said {
  var said: [Console.Stream: String] = [:]
  let console = Console(isTerminal: isTerminal, environment: environment) { (stream, text) throws(FileError) in
    guard stream != failing else { throw .system(operation: "write", path: "the standard output", code: ENOSPC) }
    said[stream, default: ""] += text
  }
  let status = Kiln.run(arguments, on: console)
  return Said(status: status, output: said[.output] ?? "", errors: said[.errors] ?? "")
}

func kiln(_ arguments: String...) -> Said { kiln(arguments) }

enum Fixtures {
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  /// The root of the package.
  static let package = tests.deletingLastPathComponent().path
  /// A folder of five images, `cracked` and `intact`.
  static let cells = tests.appendingPathComponent("Fixtures/datasets/cells").path

  /// A job on `cells` that is trained in a moment.
  static func job(name: String = "tiny", images: String = cells, epochs: Int = 1, validation: String = "0") -> String {
    """
    name: \(name)
    network:
      - conv2d: {channels: 1, kernel: 32, stride: 32}
      - flatten
      - linear: {outputs: 1}
    data: {images: "\(images)", validation: \(validation), cache: false}
    training: {epochs: \(epochs), batchSize: 16, optimizer: {sgd: {learningRate: 0.01}}}
    resources: {threads: 1}
    """
  }
}

extension TemporaryFolder {
  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: self(name), withIntermediateDirectories: true)
  }
}
