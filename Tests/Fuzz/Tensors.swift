import Checkpoints

private let desk = Desk("tensors")

/// Weights, as they come with a checkpoint or from elsewhere, and any file that is looked at.
@Sendable func readTensors(_ bytes: [UInt8]) throws {
  _ = try? Safetensors.decode(bytes)
  _ = try SafetensorsFile(desk.lay(bytes, as: "file.safetensors")).survey()
}
