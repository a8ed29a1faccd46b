import Charts
import Configuration
import Datasets
import Images
import Manifests
import Networks
import Workers

/// Images of a job in the order and the looks of an epoch, by the same store, schedule and pipeline as in training.
struct PreviewedImages {
  private let examples: [Example]
  private let classes: [String]
  private let store: ImageStore
  private let schedule: BatchSchedule
  private let start: BatchPosition
  private let manifest: Manifest
  private let augmentation: Augmentation

  /// - Parameters:
  ///   - epoch: from 1; of training images.
  ///   - isPlain: without augmentation.
  init(_ manifest: Manifest, _ dataset: Dataset, of part: Part, epoch: Int, isPlain: Bool, cache: ImageCache?) {
    self.manifest = manifest
    classes = dataset.classes
    examples =
      switch part {
      case .training: dataset.training
      case .validation: dataset.validation
      case .test: dataset.test
      }
    let isChanged = part == .training && !isPlain
    augmentation = isChanged ? manifest.data.augment : Augmentation()
    store = ImageStore(
      examples, of: part, as: manifest.data.reading, cache: manifest.data.cache ? cache : nil,
      budget: MemoryBudget(bytes: 0))
    let shown = part == .training ? epoch : 1
    schedule = BatchSchedule(
      count: examples.count, batchSize: manifest.training.batchSize, epochs: shown,
      order: .shuffled(seed: manifest.training.seed, augmentation: augmentation))
    start = BatchPosition(epoch: shown - 1, batch: 0)
  }

  var total: Int { examples.count }

  /// `720 of class functional, 461 of class defective`
  var classCounts: String {
    var counts = [Int](repeating: 0, count: classes.count)
    for example in examples { counts[hardLabel(example.target, classes: classes.count)] += 1 }
    return zip(classes, counts).map { "\($1.grouped) of class \($0)" }.joined(separator: ", ")
  }

  /// What is done to the images: `resize: crop, augment: {flip: both}`.
  var changes: String {
    let resize = manifest.data.reading.resize
    let reading = resize == .stretch ? "" : "resize: \(resize.rawValue), "
    let changes = augmentation.essentials
    let augment = changes.isEmpty ? "no augmentation" : "augment: " + JSON.object(changes).line.filter { $0 != "\"" }
    return reading + augment
  }

  /// The first of the epoch, fewer if it has no more, and the images among them that cannot be used.
  /// - Throws: `DatasetError` if none can be used, or if the disk fails.
  func tiles(_ count: Int) throws(DatasetError) -> (tiles: [ContactSheet.Tile], skipped: [SkippedImage]) {
    var tiles: [ContactSheet.Tile] = []
    var skipped: [SkippedImage] = []
    let pipeline = BatchPipeline(
      store, schedule: schedule, from: start, ledger: SkipLedger(total: total, maximumShare: 1), depth: 1,
      threads: processorCount())
    defer { pipeline.cancel() }
    while tiles.count < count, let batch = try pipeline.next() {
      skipped += batch.skipped
      for place in batch.examples.indices.prefix(count - tiles.count) { tiles.append(tile(place, of: batch)) }
    }
    return (tiles, skipped)
  }

  private func tile(_ place: Int, of batch: Batch) -> ContactSheet.Tile {
    let example = examples[batch.examples[place]]
    var tile = ContactSheet.Tile(
      planes: batch.images[place].planes, title: label(example.target), note: example.name,
      label: hardLabel(example.target, classes: classes.count))
    // What is less than half a hundredth cannot be seen.
    if let mixture = batch.mixtures[place], mixture.share < 0.995 {
      tile.title = "\(fixed(mixture.share, 2)) x \(tile.title)"
      tile.note = "\(fixed(1 - mixture.share, 2)) x \(label(mixture.target))"
    }
    return tile
  }

  /// The class, or for a soft label the probability of the second class; a number is said to be one.
  private func label(_ target: Float) -> String {
    let isSoft = classes.count <= 2 && target != target.rounded()
    let index = isSoft ? classes.count - 1 : hardLabel(target, classes: classes.count)
    let isNumber = classes == classes.indices.map(String.init)
    let name = classes.indices.contains(index) ? classes[index] : "\(index)"
    if isSoft { return "\(isNumber ? "label" : name) \(fixed(Double(target), 2))" }
    return isNumber ? "label \(name)" : name
  }
}
