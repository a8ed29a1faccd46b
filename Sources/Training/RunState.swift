public import Datasets
import Foundation

/// Where a run stands between two batches: with the tensors of a checkpoint, all that the rest of the run
/// depends on.
public struct RunState: Sendable, Codable, Equatable {
  /// Optimizer steps taken.
  public var step = 0
  /// The next batch.
  public var position = BatchPosition.start
  /// The training images of this epoch so far.
  public var epochTally = Tally()
  /// The best validation loss and its step.
  public var best: Best?
  /// Training and validation images that were met and could not be used, in the order of their meeting. They stay out
  /// for the rest of the run.
  public var skipped: [SkippedImage] = []
  public var skippedValidation: [SkippedImage] = []

  public struct Best: Sendable, Codable, Equatable {
    public var step: Int
    public var loss: Double
    public var accuracy: Double
  }

  public init() {}

  /// Moves on by a batch of an epoch of `batches`.
  public mutating func advance(by tally: Tally, batches: Int) {
    step += 1
    epochTally.add(tally)
    position.batch += 1
    if position.batch == batches { position = BatchPosition(epoch: position.epoch + 1, batch: 0) }
  }

  /// True right after the last batch of an epoch.
  public var isBetweenEpochs: Bool { position.batch == 0 }

  static let key = "kiln.state"

  /// One line of JSON; Swift writes a Double so that it reads back as the same bits.
  package var encoded: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  package init?(encoded text: String) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let state = try? decoder.decode(RunState.self, from: Data(text.utf8)) else { return nil }
    self = state
  }
}
