public import Checkpoints
import DurableFiles
public import Networks

/// The first tensor by which a file is not a network's.
public enum TensorMisfit: Sendable {
  /// The network needs one that is not there.
  case missing(ParameterSlot)
  /// One has another shape than the network needs.
  case shape(ParameterSlot, NamedTensor)
  /// One is none of the network's.
  case stranger(NamedTensor)
}

extension NetworkPlan {
  /// Compares by the bytes of the names.
  /// - Parameter mayLackStatistics: what layers keep from training without its being trained may be missing.
  /// - Returns: nil if the tensors are the network's.
  public func misfit(of tensors: [NamedTensor], mayLackStatistics: Bool = false) -> TensorMisfit? {
    let byName = Dictionary(tensors.map { (ByteText($0.name), $0) }, uniquingKeysWith: { first, _ in first })
    for slot in parameters + statistics {
      guard let tensor = byName[ByteText(slot.name)] else {
        if mayLackStatistics, statistics.contains(slot) { continue }
        return .missing(slot)
      }
      guard tensor.shape == slot.shape else { return .shape(slot, tensor) }
    }
    let known = Set((parameters + statistics).map { ByteText($0.name) })
    return tensors.first { !known.contains(ByteText($0.name)) }.map { .stranger($0) }
  }
}
