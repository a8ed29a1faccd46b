import Checkpoints
import Datasets
import DurableFiles
import RunFiles
import TemporaryFolder
import Training

/// Replays of a studio's runs, and the hands that change what the runs have left.
extension Studio {
  func checkpoints(of run: String) throws -> [KeptCheckpoint] {
    let store = CheckpointStore(run: folder(run))
    return try store.steps().map { try KeptCheckpoint(step: $0, in: store) }
  }

  func replay(
    _ job: TrainingJob, of run: String, from: Int? = nil, to: Int? = nil, threads: Int? = nil
  ) throws -> ReplayFindings {
    var job = job
    if let threads { job.threads = threads }
    let replay = try Replay(
      of: job, checkpoints(of: run), rows: rows(of: run), from: from, to: to)
    let scratch = try TemporaryFolder()
    guard let findings = try replay.findings(in: scratch.path) else { throw Interrupted() }
    return findings
  }

  struct Interrupted: Error {}

  /// Every name in a run's folder with the bytes that stand there.
  func content(of run: String) throws -> [String: [UInt8]] {
    var content: [String: [UInt8]] = [:]
    func add(_ name: String) throws {
      for entry in try entries(of: folder(name)) {
        let path = "\(name)/\(entry.name ?? "?")"
        switch entry.kind {
        case .directory: try add(path)
        case .link: content[path] = try Array((linkTarget(at: folder(path)) ?? "").utf8)
        default: content[path] = try readFile(folder(path), limit: 1 << 24)
        }
      }
    }
    try add(run)
    return content
  }

  private func path(_ run: String, _ step: Int, _ file: CheckpointFile) -> String {
    CheckpointStore(run: folder(run)).path(of: step) + "/\(file.rawValue)"
  }

  /// Flips the lowest bit of one value in each tensor, and sets the checksum right again.
  func tamper(
    _ run: String, step: Int, _ file: CheckpointFile, tensors chosen: (String) -> Bool = { _ in true }
  ) throws {
    var content = try TensorFile(contentsOf: path(run, step, file))
    for index in content.tensors.indices where chosen(content.tensors[index].name) {
      let place = content.tensors[index].values.count / 2
      let value = content.tensors[index].values[place]
      content.tensors[index].values[place] = Float(bitPattern: value.bitPattern ^ 1)
    }
    content.metadata[Safetensors.checksumKey] = nil
    try publish(Safetensors.encode(content.tensors, metadata: content.metadata), to: path(run, step, file))
  }

  /// Flips a bit in the values of each tensor, and leaves the checksum as it was.
  func damage(_ run: String, step: Int, _ file: CheckpointFile) throws {
    let content = try TensorFile(contentsOf: path(run, step, file))
    var bytes = try readFile(path(run, step, file), limit: 1 << 20)
    var end = bytes.count
    for tensor in content.tensors.reversed() {
      let start = end - 4 * tensor.values.count
      bytes[start + 4 * (tensor.values.count / 2)] ^= 1
      end = start
    }
    try publish(bytes, to: path(run, step, file))
  }

  /// Puts another image in the place of one.
  func exchange(_ name: String, _ number: Int) throws {
    try publish(Self.drawing(number + 100, name == "ascending"), to: image(name, number), .atomic)
  }
}

extension ReplayFindings {
  func step(_ number: Int) -> Step? { steps.first { $0.place.step == number } }
}
