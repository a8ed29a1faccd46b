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
  /// What else the folders and tables hold.
  public var passedOver: [PassedOver] = []
  /// The classes are called by names; else by numbers of a table, which may be probabilities.
  public var hasNamedClasses = true
  /// A table names the images, which may be missing.
  var isListedByTables = false

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
    let dataset = set.split(declaration, seed: seed)
    try set.requireTraining(dataset)
    return dataset
  }

  /// What the declaration's folder or table holds, not yet divided into parts.
  static func labelled(
    _ declaration: DataDeclaration, at location: DataLocation, _ heartbeat: Heartbeat
  ) throws(DatasetError) -> LabelledSet {
    let sources = try DataSources(declaration, at: location, heartbeat)
    // Of equal names, which lie in several folders, the one of the source that comes first.
    let order = sources.images.indices.sorted { first, second in
      let (a, b) = (ByteText(sources.images[first].name), ByteText(sources.images[second].name))
      return a == b ? first < second : a < b
    }
    let images = order.map { sources.images[$0] }
    try refuseDuplicates(images)
    return LabelledSet(
      place: sources.place, images: images, labels: try Labels(images), passedOver: sources.passedOver)
  }

  /// Equal names are neighbours, since the images are sorted.
  private static func refuseDuplicates(_ images: [LabelledImage]) throws(DatasetError) {
    var start = 0
    for index in images.indices.dropFirst() {
      if ByteText(images[index].name) != ByteText(images[start].name) { start = index }
      for earlier in start..<index where ByteText(images[earlier].folder) == ByteText(images[index].folder) {
        throw duplicate(images[earlier], images[index])
      }
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
