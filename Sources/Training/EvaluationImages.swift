public import Datasets
import DurableFiles

/// The images that a checkpoint is evaluated on, and those of the set that are left out.
public struct EvaluationImages: Sendable {
  /// In the order of their names.
  public let examples: [Example]
  /// Of each part, also of those that were not asked for. A set of its own is divided as the job says.
  public let counts: [Part: Int]
  /// Classes of the set that the network does not know.
  public let unknown: [UnknownClass]
  /// Images that the run was trained on and that were left out therefore.
  public let trained: [Example]
  /// How many images of `examples` and `trained` the run was trained on; nil if nobody knows which those are.
  public let trainedOn: Int?

  /// No images at all.
  init() { (examples, counts, unknown, trained, trainedOn) = ([], [:], [], [], nil) }

  /// - Parameter own: the run's images as it divided them; nil if nobody knows.
  init(
    _ wish: EvaluationWish, data: DataDeclaration, at location: DataLocation, seed: UInt64, classes: [String],
    own: Dataset?
  ) throws(DatasetError) {
    let (dataset, unknown) = try Dataset.load(
      data, at: location, seed: seed, knowing: classes, leavesOthersOut: wish.leavesOtherClassesOut,
      dividesByShare: wish.dividesByShare)
    self.unknown = unknown
    counts = [
      .training: dataset.training.count, .validation: dataset.validation.count, .test: dataset.test.count,
    ]
    let asked = dataset.examples(of: wish.part)
    if let part = wish.part, wish.images == nil, own != nil {
      // The run's own division holds, and with it the figures that the run had itself.
      (examples, trained, trainedOn) = (asked, [], part == .training ? asked.count : 0)
      return
    }
    guard let own else {
      (examples, trained, trainedOn) = (asked, [], nil)
      return
    }
    var seen = try TrainedImages(own.training)
    var (fresh, known): ([Example], [Example]) = ([], [])
    for example in asked {
      if try seen.contains(example) { known.append(example) } else { fresh.append(example) }
    }
    let takesAll = wish.includesTrained || wish.part == .training
    (examples, trained, trainedOn) = (takesAll ? asked : fresh, takesAll ? [] : known, known.count)
  }
}

extension Dataset {
  /// - Parameter part: nil for all images, in the order of their names.
  fileprivate func examples(of part: Part?) -> [Example] {
    if let part { return self[part] }
    return (training + validation + test).sorted {
      (ByteText($0.name), ByteText($0.folder)) < (ByteText($1.name), ByteText($1.folder))
    }
  }
}
