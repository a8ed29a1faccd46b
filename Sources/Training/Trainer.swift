import Checkpoints
public import Datasets
import Figures
import Kernels
public import Networks
public import Optimization
public import Tensors
public import Workers

/// What a batch, or many, showed.
public struct Tally: Sendable, Codable, Equatable {
  /// Sums over the images, in their order.
  public var loss = 0.0
  public var correct = 0
  public var images = 0

  public init() {}

  public var meanLoss: Double { images > 0 ? loss / Double(images) : .nan }
  public var accuracy: Double { images > 0 ? Double(correct) / Double(images) : .nan }

  /// Loss and accuracy are known without `figures`.
  func value(of figure: Figure, _ figures: ClassificationFigures?) -> Double? {
    switch figure {
    case .loss: meanLoss
    case .accuracy: accuracy
    default: figures?[figure]
    }
  }

  public mutating func add(_ other: Tally) {
    loss += other.loss
    correct += other.correct
    images += other.images
  }
}

/// The arithmetic of training: a network, its gradients and its optimizer, batch by batch.
///
/// The bits of a step depend on the batch alone: each pack's gradient is complete in itself, and packs are
/// added by a fixed tree.
public final class Trainer {
  public let plan: NetworkPlan
  public let optimizer: any Optimizer
  /// The same network and weights for inference.
  let predictor: Predictor
  let executor: Executor<Float>
  let loss: any Loss
  private let slots: [ParameterRange]
  private let sum: TreeSum<Float>
  let memories: [Values<Float>]
  private let memoryStorage: Storage<Float>
  private let seed: UInt64
  private let clipNorm: Double?

  /// - Parameters:
  ///   - statistics: the normalization of the pixels.
  ///   - batchSize: the most images that a step will have.
  ///   - seed: of first values, and of what layers draw by chance.
  ///   - loss: what it makes small; accepts the plan's outputs.
  ///   - clipNorm: the greatest norm of a step's gradient.
  /// - Throws: `OutOfMemory`.
  public init(
    _ plan: NetworkPlan, optimizer: any Optimizer, statistics: ChannelStatistics, batchSize: Int, seed: UInt64,
    loss: any Loss = BinaryCrossEntropy(), clipNorm: Double? = nil, team: Team
  ) throws(OutOfMemory) {
    self.plan = plan
    self.optimizer = optimizer
    self.seed = seed
    self.loss = loss
    self.clipNorm = clipNorm
    let packs = (batchSize + laneCount - 1) / laneCount
    slots = plan.parameters.map(\.range)
    executor = try Executor(plan, team: team, packs: plan.couplesImages ? packs : 1)
    predictor = Predictor(executor, loss: loss, statistics: statistics, classes: [])
    sum = try TreeSum(size: plan.parameterScalars, most: packs)
    let storage = try Storage<Float>(count: plan.parameterScalars.times(optimizer.memories.count))
    memoryStorage = storage
    memories = optimizer.memories.indices.map {
      storage.slice(at: $0 * plan.parameterScalars, count: plan.parameterScalars)
    }
  }

  /// Bytes of tensors, parameters and optimizer.
  public var memoryBytes: Int { executor.memoryBytes + 4 * memoryStorage.count }

  /// What `memoryBytes` will be.
  public static func memoryBytes(
    of plan: NetworkPlan, optimizer: any Optimizer, batchSize: Int, threads: Int
  ) -> Int {
    let packs = (batchSize + laneCount - 1) / laneCount
    return Executor<Float>.memoryBytes(of: plan, threads: threads, packs: plan.couplesImages ? packs : 1)
      + 4 * plan.parameterScalars * optimizer.memories.count
  }

  /// Puts everything to where a run begins.
  public func initialize() {
    executor.initialize(seed: seed)
    memoryStorage.all.fill(0)
  }

  /// One optimizer step on the mean loss of the batch.
  ///
  /// - Parameters:
  ///   - images: planar bytes, [channel][row][column] each; one plane for a gray image.
  ///   - mixtures: what the images are mixed with, one element an image, or none at all.
  ///   - step: 0 for the run's first.
  /// - Returns: the losses before the step.
  /// - Throws: `Divergence` if a number is no longer finite, or the loss out of all bounds. The parameters are then those
  ///   before the step, or not finite: the run has to go back to a checkpoint.
  public func step(
    images: [[UInt8]], targets: [Float], weights: [Float], mixtures: [Mixture?] = [], rate: Double, step: Int
  ) throws(Divergence) -> Tally {
    var tally = Tally()
    sum.reset()
    for group in groups(images.count) {
      let draw = TrainingDraw(images: group.count, firstPack: group.lowerBound / laneCount, seed: seed, step: step)
      let packs = packs(of: group)
      for (pack, range) in packs.enumerated() {
        executor.load(Array(images[range]), scales: predictor.scales, pack: pack)
      }
      executor.forward(training: draw)
      for (pack, range) in packs.enumerated() {
        let answers = range.map {
          Answer(target: targets[$0], weight: weights[$0], mixture: mixtures.isEmpty ? nil : mixtures[$0])
        }
        tally.add(lossAndGradients(answers, pack: pack, batchSize: images.count))
      }
      let greatest = Divergence.greatestLoss(by: loss, weights: weights)
      if let divergence = executor.divergence(of: tally, packs: packs.count, greatest: greatest) { throw divergence }
      executor.backward(training: draw)
      for pack in packs.indices { sum.add(executor.gradients(of: pack)) }
    }
    guard tally.images > 0 else { return tally }
    let gradient = sum.finish()
    if let divergence = executor.divergence(ofGradient: gradient) { throw divergence }
    if let clipNorm { Gradient.clip(gradient, to: clipNorm) }
    optimizer.update(
      UpdateTensors(parameters: executor.parameters, gradient: gradient, memories: memories, slots: slots), rate: rate,
      step: step)
    if let divergence = executor.divergenceOfParameters() { throw divergence }
    executor.prepare()
    return tally
  }

  /// The outputs for each of the images, by inference.
  public func outputs(images: [[UInt8]]) -> [[Double]] { predictor.outputs(images: images) }

  /// What outputs show, one list an image.
  func tally(_ outputs: [[Double]], targets: [Float], weights: [Float]) -> Tally {
    var tally = Tally()
    for (image, outputs) in outputs.enumerated() {
      let value = loss.evaluate(outputs: outputs, target: Double(targets[image]))
      tally.add(self.tally(value.loss * Double(weights[image]), outputs, target: targets[image]))
    }
    return tally
  }

  /// The images of a batch that pass through the network together.
  private func groups(_ count: Int) -> [Range<Int>] { cut(0..<count, every: executor.packs * laneCount) }
  private func packs(of images: Range<Int>) -> [Range<Int>] { cut(images, every: laneCount) }

  private func cut(_ range: Range<Int>, every length: Int) -> [Range<Int>] {
    stride(from: range.lowerBound, to: range.upperBound, by: length).map { $0..<min($0 + length, range.upperBound) }
  }

  private func lossAndGradients(_ answers: [Answer], pack: Int, batchSize: Int) -> Tally {
    var tally = Tally()
    var gradients = [Lanes<Float>](repeating: Lanes(repeating: 0), count: plan.output.count)
    for (lane, outputs) in executor.outputs(answers.count, of: pack).enumerated() {
      let value = answers[lane].value(by: loss, outputs, batchSize: batchSize)
      for (output, slope) in value.gradients.enumerated() { gradients[output][lane] = Float(slope) }
      tally.add(self.tally(value.loss, outputs, target: answers[lane].target))
    }
    for (output, lanes) in gradients.enumerated() { executor.outputGradients(of: pack)[value: output] = lanes }
    return tally
  }

  /// Of one image. A mixed one is right if it is taken for the one that it shows more of.
  private func tally(_ weightedLoss: Double, _ outputs: [Double], target: Float) -> Tally {
    var tally = Tally()
    tally.loss = weightedLoss
    tally.correct = likeliest(loss.probabilities(outputs: outputs)) == label(target) ? 1 : 0
    tally.images = 1
    return tally
  }

  /// Of equal ones the first, as for a logit of 0.
  private func likeliest(_ probabilities: [Double]) -> Int {
    probabilities.indices.dropFirst().reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
  }

  /// The class of a target, which may be a soft label if there are two.
  private func label(_ target: Float) -> Int { plan.output.count <= 2 ? (target > 0.5 ? 1 : 0) : Int(target) }
}
