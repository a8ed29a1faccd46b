public import Checkpoints
import Networks
import Tensors

/// The trainer's state as tensors of a checkpoint.
extension Trainer {
  /// Every parameter and every statistic, named and shaped as `torch.nn.Sequential` has it.
  public var modelTensors: [NamedTensor] {
    plan.parameters.map { slot in
      NamedTensor(name: slot.name, shape: slot.shape, values: executor.values(of: slot).array())
    }
      + plan.statistics.map { slot in
        NamedTensor(name: slot.name, shape: slot.shape, values: executor.statistic(of: slot).array())
      }
  }

  /// What the optimizer remembers: `velocity.0.weight` and so on.
  public var optimizerTensors: [NamedTensor] {
    zip(optimizer.memories, memories).flatMap { name, memory in
      plan.parameters.map { slot in
        NamedTensor(
          name: "\(name).\(slot.name)", shape: slot.shape, values: memory.slice(slot.offset, count: slot.count).array())
      }
    }
  }

  /// Puts a checkpoint's tensors back.
  /// - Throws: `.checkpointMismatch` if a tensor is missing or has another shape.
  public func restore(model: [NamedTensor], optimizer saved: [NamedTensor]) throws(TrainingError) {
    try restore(model: model)
    for (name, memory) in zip(optimizer.memories, memories) {
      try restore(saved, plan.parameters, prefix: "\(name).", into: memory)
    }
  }

  /// Puts back what inference needs.
  /// - Throws: `.checkpointMismatch` if a tensor is missing or has another shape.
  public func restore(model: [NamedTensor]) throws(TrainingError) {
    try restore(model, plan.parameters, into: executor.parameters)
    try restore(model, plan.statistics, into: executor.statistics)
    executor.prepare()
  }

  /// Takes the values of a file that has been checked; a statistic that is not there stays as it is.
  func begin(with initial: InitialWeights) throws(TrainingError) {
    let names = Set(initial.tensors.map(\.name))
    try restore(initial.tensors, plan.parameters, into: executor.parameters)
    try restore(initial.tensors, plan.statistics.filter { names.contains($0.name) }, into: executor.statistics)
    executor.prepare()
  }

  private func restore(
    _ tensors: [NamedTensor], _ slots: [ParameterSlot], prefix: String = "", into values: Values<Float>
  ) throws(TrainingError) {
    let byName = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for slot in slots {
      guard let tensor = byName[prefix + slot.name] else {
        throw .checkpointMismatch("it has no tensor `\(prefix + slot.name)`")
      }
      guard tensor.shape == slot.shape else {
        throw .checkpointMismatch("`\(tensor.name)` has the shape \(tensor.shape), the network needs \(slot.shape)")
      }
      values.slice(slot.offset, count: slot.count).copy(from: tensor.values)
    }
  }
}
