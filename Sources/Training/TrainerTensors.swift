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
      try executor.restore(saved, plan.parameters, prefix: "\(name).", into: memory)
    }
  }

  /// Puts back what inference needs.
  /// - Throws: `.checkpointMismatch` if a tensor is missing or has another shape.
  public func restore(model: [NamedTensor]) throws(TrainingError) {
    try predictor.restore(model: model)
  }

  /// Takes the values of a file that has been checked; a statistic that is not there stays as it is.
  func begin(with initial: InitialWeights) throws(TrainingError) {
    let names = Set(initial.tensors.map(\.name))
    try executor.restore(initial.tensors, plan.parameters, into: executor.parameters)
    try executor.restore(
      initial.tensors, plan.statistics.filter { names.contains($0.name) }, into: executor.statistics)
    executor.prepare()
  }
}
