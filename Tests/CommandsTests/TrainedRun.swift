import Checkpoints
import DurableFiles
import Foundation
import RunFiles
import TemporaryFolder
import Testing

/// A small trained run, and what somebody may do to it.
final class TrainedRun {
  let folder: TemporaryFolder
  var run: String { folder("run") }

  /// Twelve images of two classes, told apart by the corner that is bright; six steps, a checkpoint after every second.
  init(training: String = "", data: String = "") throws {
    folder = try TemporaryFolder()
    for (name, corner) in [("bad", 0), ("ok", 3)] {
      try folder.makeFolder("images/\(name)")
      for index in 0..<8 { try draw(index, corner, to: "images/\(name)/\(index).png") }
    }
    try folder.write(Self.job(training: training, data: data), to: "job.yaml")
    let trained = kiln("train", folder("job.yaml"), "--output", run)
    try #require(trained.status == 0, "\(trained)")
  }

  static func job(training: String = "", data: String = "") -> String {
    """
    name: corners
    network:
      - avgPool2d: {kernel: 64}
      - flatten
      - linear: {outputs: 1}
    data: {images: images, cache: false\(data)}
    training: {epochs: 2, batchSize: 4, optimizer: {adam: {learningRate: 0.05}}\(training)}
    checkpoints: {every: 2 steps, keep: 99}
    """
  }

  func draw(_ index: Int, _ corner: Int, to name: String) throws {
    var pixels = [UInt8](repeating: 20, count: 64)
    for place in 0..<16 { pixels[(place / 4 + corner / 2 * 4) * 8 + place % 4 + corner % 2 * 4] = 230 }
    pixels[27] = UInt8(index)
    try Data(png(width: 8, height: 8, pixels: pixels)).write(to: URL(fileURLWithPath: folder(name)))
  }

  func verified(_ arguments: String...) -> Said { kiln(["verify", run] + arguments) }

  struct Report: Decodable {
    struct Check: Decodable {
      struct Finding: Decodable {
        let isWrong: Bool
        let text: String
        let cure: String?
      }
      let name, result: String
      let findings: [Finding]
    }
    struct Replay: Decodable {
      struct Step: Decodable {
        struct Tensor: Decodable {
          let file, name: String
          let values: Int
        }
        let step: Int
        let reproduces, follows: Bool?
        let tensors: [Tensor]
      }
      let reproduces: Bool
      let steps: [Step]
      let comparedRows: Int
    }
    let isRight, isTraining: Bool
    let checks: [Check]
    let replay: Replay?

    var wrong: [String] { checks.filter { $0.result == "WRONG" }.map(\.name) }
    func text(of name: String) -> String {
      checks.filter { $0.name == name }.flatMap { $0.findings.map(\.text) }.joined(separator: "\n")
    }
  }

  func report(_ arguments: String...) throws -> Report {
    let said = kiln(["verify", run, "--json"] + arguments)
    let report = try JSONDecoder().decode(Report.self, from: Data(said.output.utf8))
    #expect(said.status == (report.isRight ? 0 : 65) && report.isRight == report.wrong.isEmpty, "\(said)")
    return report
  }

  func path(_ step: Int, _ file: CheckpointFile) -> String {
    CheckpointStore(run: run).path(of: step) + "/\(file.rawValue)"
  }

  /// Changes a checkpoint, and sets its checksum right again.
  func tamper(_ step: Int, _ file: CheckpointFile = .model, _ change: (inout TensorFile) -> Void) throws {
    var content = try TensorFile(contentsOf: path(step, file))
    change(&content)
    content.metadata[Safetensors.checksumKey] = nil
    try publish(Safetensors.encode(content.tensors, metadata: content.metadata), to: path(step, file))
  }

  func edit(_ name: String, _ change: (String) -> String) throws {
    let text = try #require(folder.text("run/\(name)"))
    let edited = change(text)
    try #require(edited != text)
    try folder.write(edited, to: "run/\(name)")
  }

  /// Every name in the run's folder, with the time of its last change.
  func state() throws -> [String: Int64] {
    var state: [String: Int64] = [:]
    func add(_ path: String) throws {
      state[path] = try facts(at: path)?.changed
      guard try facts(at: path)?.kind == .directory else { return }
      for entry in try entries(of: path) { try add("\(path)/\(entry.name ?? "?")") }
    }
    try add(run)
    return state
  }
}
