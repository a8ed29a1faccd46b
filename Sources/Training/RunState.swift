public import Datasets
public import Figures
import Foundation
public import Optimization

/// Where a run stands between two batches, of training or of validation: with the tensors of a checkpoint, all that the
/// rest of the run depends on.
///
/// A new field must be optional, or `version` must rise.
public struct RunState: Sendable, Codable, Equatable {
  /// The normalization of the pixels.
  public var statistics = ChannelStatistics.none
  /// Optimizer steps taken.
  public var step = 0
  /// The next batch.
  public var position = BatchPosition.start
  /// The training images of this epoch so far.
  public var epochTally = Tally()
  /// Set from the last batch of an epoch until the epoch is reported.
  public var validation: Validation?
  /// The best validation and its step.
  public var best: Best?
  /// Training and validation images that were met and could not be used, in the order of their meeting. They stay out
  /// for the rest of the run.
  public var skipped: [SkippedImage] = []
  public var skippedValidation: [SkippedImage] = []
  /// How often the run has gone back because it had diverged; nil for never.
  public var divergences: Int?
  /// What the schedule has kept of the epochs so far. The name is of the first schedule that kept something.
  public var plateau: ScheduleState?
  public var earlyStopping: EarlyStopping.State?
  /// How many of the run's extensions have begun; nil for none.
  public var extensions: Int?
  /// Set when the trained network has been tested: the test images that could not be used.
  public var skippedTest: [SkippedImage]?

  /// The validation after an epoch, as far as it has come.
  public struct Validation: Sendable, Codable, Equatable {
    /// The next batch.
    public var batch = 0
    public var tally = Tally()
    /// Of the images so far; nil if an earlier version began.
    public var outputs: OutputList? = OutputList()

    public init() {}
  }

  public struct Best: Sendable, Codable, Equatable {
    public var step: Int
    public var loss: Double
    public var accuracy: Double
    /// Of the figure that decides, if that is not the loss.
    public var value: Double?
  }

  public init() {}

  /// Moves on by a batch of an epoch of `batches`.
  public mutating func advance(by tally: Tally, batches: Int) {
    step += 1
    epochTally.add(tally)
    position.batch += 1
    guard position.batch == batches else { return }
    position = BatchPosition(epoch: position.epoch + 1, batch: 0)
    validation = Validation()
  }

  /// Moves on by a batch of the validation.
  public mutating func validated(_ tally: Tally, outputs: [Float] = []) {
    validation?.tally.add(tally)
    validation?.outputs?.values.append(contentsOf: outputs)
    validation?.batch += 1
  }

  /// Ends the epoch whose batches and validation are done.
  ///
  /// - Parameters:
  ///   - figure: the one that decides which epoch is the best.
  ///   - figures: of the validation.
  /// - Returns: whether it is the best so far.
  public mutating func finishEpoch(by figure: Figure = .loss, _ figures: ClassificationFigures? = nil) -> Bool {
    defer {
      epochTally = Tally()
      validation = nil
    }
    guard let tally = validation?.tally, let value = tally.value(of: figure, figures),
      figure.isBetter(value, than: best.map { $0.value ?? $0.loss })
    else { return false }
    best = Best(
      step: step, loss: tally.meanLoss, accuracy: tally.accuracy, value: figure == .loss ? nil : value)
    return true
  }

  /// True right after the last batch of an epoch.
  public var isBetweenEpochs: Bool { position.batch == 0 }

  /// Epochs that are reported.
  public var epochs: Int { validation == nil ? position.epoch : position.epoch - 1 }

  static let key = "kiln.state"
  private static let version = 1

  private struct Record: Codable {
    var version: Int
    var state: RunState
  }

  /// One line of JSON; Swift writes a Double so that it reads back as the same bits.
  package var encoded: String {
    get throws(TrainingError) { try encode() }
  }

  private func encode() throws(TrainingError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let record = Record(version: Self.version, state: self)
    do {
      return String(decoding: try encoder.encode(record), as: UTF8.self)
    } catch { throw .unsavable("\(error)") }
  }

  /// - Throws: `.newerRun` if a later version wrote the text, `.checkpointMismatch` if it is no state.
  package init(encoded text: String) throws(TrainingError) {
    struct Version: Decodable { let version: Int }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let data = Data(text.utf8)
    do {
      let version = try decoder.decode(Version.self, from: data).version
      guard version == Self.version else {
        throw TrainingError.newerRun("its state has version \(version), this Kiln goes on from version \(Self.version)")
      }
      self = try decoder.decode(Record.self, from: data).state
    } catch let error as TrainingError {
      throw error
    } catch { throw .checkpointMismatch("its state cannot be read: \(error)") }
  }
}
