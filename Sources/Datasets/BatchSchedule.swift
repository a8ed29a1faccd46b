/// Where a pass over the data stands: the batch that comes next.
public struct BatchPosition: Sendable, Hashable, Codable {
  /// From 0.
  public var epoch: Int
  /// Within the epoch, from 0.
  public var batch: Int

  public init(epoch: Int, batch: Int) {
    self.epoch = epoch
    self.batch = batch
  }

  public static let start = BatchPosition(epoch: 0, batch: 0)
}

/// Which image comes at which place of which batch, and how it is shown: a pure function of these fields.
///
/// Batches are numbered through all epochs from 0. The last batch of an epoch may be smaller.
public struct BatchSchedule: Sendable, Equatable {
  public enum Order: Sendable, Equatable {
    /// As the examples are listed.
    case sequential
    /// A new order in every epoch, and a new augmentation of every image.
    case shuffled(seed: UInt64, augmentation: Augmentation)
  }

  /// The number of examples.
  public let count: Int
  public let batchSize: Int
  public let epochs: Int
  public let order: Order

  /// Each example once, in order and without augmentation: for validation.
  public static func once(count: Int, batchSize: Int) -> BatchSchedule {
    BatchSchedule(count: count, batchSize: batchSize, epochs: 1, order: .sequential)
  }

  public init(count: Int, batchSize: Int, epochs: Int, order: Order) {
    self.count = max(count, 0)
    self.batchSize = max(batchSize, 1)
    self.epochs = max(epochs, 0)
    self.order = order
  }

  public var batchesPerEpoch: Int { (count + batchSize - 1) / batchSize }
  public var batches: Int { batchesPerEpoch * epochs }

  public func position(of batch: Int) -> BatchPosition {
    BatchPosition(epoch: batch / max(batchesPerEpoch, 1), batch: batch % max(batchesPerEpoch, 1))
  }

  public func number(of position: BatchPosition) -> Int {
    position.epoch * batchesPerEpoch + position.batch
  }

  /// The examples of an epoch in the order of their visit.
  func visits(inEpoch epoch: Int) -> [Int] {
    switch order {
    case .sequential: Array(0..<count)
    case .shuffled(let seed, _): epochOrder(count: count, seed: seed, epoch: epoch)
    }
  }

  /// The examples of a batch, in the order of their visit.
  package func examples(ofBatch batch: Int) -> [Int] {
    Array(visits(inEpoch: position(of: batch).epoch)[places(of: batch)])
  }

  /// The places that a batch takes in its epoch's order.
  func places(of batch: Int) -> Range<Int> {
    let first = position(of: batch).batch * batchSize
    return first..<min(first + batchSize, count)
  }

  func view(of example: Int, inEpoch epoch: Int) -> ImageView {
    switch order {
    case .sequential: .identity
    case .shuffled(let seed, let augmentation): augmentation.view(seed: seed, epoch: epoch, index: example)
    }
  }

  var mixesImages: Bool {
    if case .shuffled(_, let augmentation) = order { augmentation.mixup > 0 } else { false }
  }
}
