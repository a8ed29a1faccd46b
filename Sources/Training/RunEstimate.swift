public import Datasets
public import Networks
import Tensors

/// What a run will take, told before it begins: memory and disk from the plan, time from the costs of its passes.
public struct RunEstimate: Sendable, Equatable {
  /// Of the network, its gradients and the optimizer's memories. Images, and what the decoders take, come on top.
  public let networkBytes: Int
  /// An upper bound of what the run writes, without the cache of decoded images.
  public let diskBytes: Int
  /// For all epochs; decoding, and the validations, included.
  public let seconds: Double

  /// - Parameters:
  ///   - gflops: peak of one core.
  public init(
    _ training: TrainingDeclaration, keep: Int, _ plan: NetworkPlan, _ dataset: Dataset, threads: Int, gflops: Double
  ) {
    let steps = (dataset.training.count + training.batchSize - 1) / training.batchSize * training.epochs
    networkBytes = Trainer.memoryBytes(
      of: plan, optimizer: training.optimizer, batchSize: training.batchSize, threads: threads)
    diskBytes = SpaceNeed(
      scalars: plan.parameterScalars, memories: training.optimizer.memories.count, keep: keep, steps: steps,
      evaluations: training.epochs + 1, classes: dataset.classes.count,
      outputs: plan.output.count * dataset.validation.count
    ).bytes(existing: 0)
    let cost = Cost(plan, gflops: gflops)
    let shown = Double(training.epochs) * Double(dataset.training.count)
    let evaluated = Double(training.epochs) * Double(dataset.validation.count) + Double(dataset.test.count)
    let decoded = Double(dataset.training.count + dataset.validation.count + dataset.test.count)
    seconds =
      (shown * cost.step + evaluated * cost.forward + decoded * Cost.decoding) / Double(max(threads, 1))
  }
}

/// Seconds of one core for one image.
private struct Cost {
  let step: Double
  let forward: Double
  /// A file of a few hundred kilopixels; a photograph takes several times as much.
  static let decoding = 2e-3
  /// Of the peak, for what is not a convolution; and the share of a step that goes into everything else.
  private static let share = 0.5
  private static let rest = 1.15

  init(_ plan: NetworkPlan, gflops: Double) {
    var (forward, backward) = (0.0, 0.0)
    // The cost model's constants are of a core of 240 GFLOP/s (`ConvolutionCost`).
    let scale = PassChoice.gflops / gflops * 1e-9
    for operation in plan.operations {
      if operation.choices.isEmpty {
        forward += Double(operation.forwardMultiplyAdds) * 2e-9 / gflops / Self.share
        backward += Double(operation.backwardMultiplyAdds) * 2e-9 / gflops / Self.share
      }
      for choice in operation.choices {
        if choice.pass == .forward { forward += choice.estimate * scale } else { backward += choice.estimate * scale }
      }
    }
    self.forward = forward * Self.rest
    step = (forward + backward) * Self.rest
  }
}
