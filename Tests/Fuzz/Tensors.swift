import Checkpoints

/// Weights, as they come with a checkpoint or from elsewhere.
@Sendable func readTensors(_ bytes: [UInt8]) throws { _ = try Safetensors.decode(bytes) }
