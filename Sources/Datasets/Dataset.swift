import DurableFiles
public import Workers

/// The examples of a job, labelled and split; no image has been opened yet.
public struct Dataset: Sendable, Equatable {
  /// Class names by index; the labels `0` and `1` for probabilities.
  public var classes: [String]
  /// Sorted by the bytes of the examples' names, as the other two lists are. The order does not depend on where the
  /// data lie.
  public var training: [Example]
  public var validation: [Example]
  /// Examples that a table's split column or the declaration's share keeps from training and validation.
  public var test: [Example]

  public init(classes: [String], training: [Example], validation: [Example], test: [Example]) {
    self.classes = classes
    self.training = training
    self.validation = validation
    self.test = test
  }

  public static func == (left: Dataset, right: Dataset) -> Bool {
    left.classes.map(ByteText.init) == right.classes.map(ByteText.init) && left.training == right.training
      && left.validation == right.validation && left.test == right.test
  }

  /// Reads the folder or table that a declaration names.
  ///
  /// - Parameters:
  ///   - seed: chooses the images for the test and for validation, if the declaration gives shares.
  ///   - heartbeat: ticks as folders are read.
  /// - Throws: `DatasetError`, but not for missing or damaged images: those are skipped when they are decoded.
  public static func load(
    _ declaration: DataDeclaration, at location: DataLocation, seed: UInt64, heartbeat: Heartbeat = Heartbeat()
  ) throws(DatasetError) -> Dataset {
    var set = try labelled(declaration, at: location, heartbeat)
    if let threshold = declaration.positiveAbove { try set.labels.harden(above: threshold, for: set.place) }
    let dataset = set.split(declaration.validation, test: declaration.test, seed: seed)
    try set.requireTraining(dataset)
    return dataset
  }

  /// What the declaration's folder or table holds, not yet divided into parts.
  static func labelled(
    _ declaration: DataDeclaration, at location: DataLocation, _ heartbeat: Heartbeat
  ) throws(DatasetError) -> LabelledSet {
    let sources = try DataSources(declaration, at: location, heartbeat)
    var images = sources.images + sources.validation
    images.sort { ByteText($0.name) < ByteText($1.name) }
    try refuseDuplicates(images)
    return LabelledSet(place: sources.place, images: images, labels: try Labels(images))
  }

  /// Equal names are neighbours, since the images are sorted.
  private static func refuseDuplicates(_ images: [LabelledImage]) throws(DatasetError) {
    for (first, second) in zip(images, images.dropFirst())
    where ByteText(first.name) == ByteText(second.name) && ByteText(first.folder) == ByteText(second.folder) {
      throw duplicate(first, second)
    }
  }

  private static func duplicate(_ first: LabelledImage, _ second: LabelledImage) -> DatasetError {
    guard var early = first.row, var late = second.row else {
      return .unusable(
        path: "\(first.folder)/\(first.name)", problem: "the image occurs twice", cure: "an image counts once")
    }
    if ByteText(early.table.file) == ByteText(late.table.file), early.path > late.path { swap(&early, &late) }
    let place = early.table.location(of: early.path)
    return late.table.error(
      at: late.path, "'\(first.name)' is already on line \(place.line) of \(early.table.file)",
      cure: "remove one of the rows")
  }
}
