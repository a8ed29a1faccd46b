public import Checkpoints
public import Datasets
import Kernels
public import Networks
public import Tensors
public import Workers

/// A trained network as one uses it: the layers with their weights, how pixels are normalized, and what its classes are
/// called. It has no optimizer and no images of its own.
public final class Predictor {
  public let plan: NetworkPlan
  /// In the order of the probabilities.
  public let classes: [String]
  /// The loss that the network was trained by, which says what its outputs mean.
  public let loss: any Loss
  let executor: Executor<Float>
  /// For a few images; nil where the executor also trains.
  private let images: ImageExecutor?
  let scales: [PixelScale]

  /// - Parameters:
  ///   - statistics: the normalization of the pixels.
  ///   - model: every parameter and statistic of the plan, named and shaped as `torch.nn.Sequential` has them.
  /// - Throws: `.memory`, or `.checkpointMismatch` if a tensor is missing or has another shape.
  public convenience init(
    _ plan: NetworkPlan, loss: any Loss, statistics: ChannelStatistics, classes: [String], model: [NamedTensor],
    team: Team
  ) throws(TrainingError) {
    do {
      try self.init(plan, loss: loss, statistics: statistics, classes: classes, team: team)
    } catch {
      throw .memory(error)
    }
    try restore(model: model)
  }

  /// With the weights that a run begins with, for measurements.
  /// - Throws: `OutOfMemory`.
  public convenience init(
    _ plan: NetworkPlan, loss: any Loss, statistics: ChannelStatistics, seed: UInt64, team: Team
  ) throws(OutOfMemory) {
    try self.init(plan, loss: loss, statistics: statistics, classes: [], team: team)
    executor.initialize(seed: seed)
    images?.prepare()
  }

  /// Without weights yet.
  private convenience init(
    _ plan: NetworkPlan, loss: any Loss, statistics: ChannelStatistics, classes: [String], team: Team
  ) throws(OutOfMemory) {
    let executor = try Executor<Float>(plan, team: team, purpose: .inference)
    let images = try ImageExecutor(beside: executor)
    self.init(executor, images, loss: loss, statistics: statistics, classes: classes)
  }

  /// Predicts by an executor that something else may train.
  /// - Parameter images: beside the executor, for a few images.
  init(
    _ executor: Executor<Float>, _ images: ImageExecutor? = nil, loss: any Loss, statistics: ChannelStatistics,
    classes: [String]
  ) {
    plan = executor.plan
    self.executor = executor
    self.images = images
    self.loss = loss
    self.classes = classes
    scales = zip(statistics.mean, statistics.deviation).map { PixelScale(mean: $0, deviation: $1) }
  }

  /// Puts the parameters and statistics of a checkpoint back.
  /// - Throws: `.checkpointMismatch` if a tensor is missing or has another shape.
  func restore(model: [NamedTensor]) throws(TrainingError) {
    try executor.restore(model, plan.parameters, into: executor.parameters)
    try executor.restore(model, plan.statistics, into: executor.statistics)
    executor.prepare()
    images?.prepare()
  }

  /// Bytes of tensors and parameters.
  public var memoryBytes: Int { executor.memoryBytes + (images?.memoryBytes ?? 0) }

  /// The outputs for each of the images, by inference: sixteen share the lanes of a pack, a few pass through the network one
  /// by one. What an image is answered does not depend on it.
  /// - Parameter images: planar bytes, [channel][row][column] each; one plane for a gray image.
  public func outputs(images: [[UInt8]]) -> [[Double]] {
    stride(from: 0, to: images.count, by: laneCount).flatMap { first in
      let pack = Array(images[first..<min(first + laneCount, images.count)])
      if let alone = self.images, pack.count <= alone.mostImages {
        return pack.map { image in
          alone.load(image, scales: scales)
          alone.forward()
          return alone.outputs.map(Double.init)
        }
      }
      executor.load(pack, scales: scales)
      executor.forward()
      return executor.outputs(pack.count, of: 0)
    }
  }
}

extension Executor<Float> {
  /// The outputs of the first images of a pack.
  func outputs(_ count: Int, of pack: Int) -> [[Double]] {
    let view = outputs(of: pack)
    return (0..<count).map { lane in (0..<view.count).map { Double(view[value: $0][lane]) } }
  }

  /// Copies the tensors that are named and shaped as the slots.
  /// - Parameter values: of the executor, or laid out like the executor's.
  func restore(
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
