import Datasets
import DurableFiles
import Images
import TemporaryFolder
import Testing

/// `kiln preview`.
@Suite struct PreviewTests {
  private static func job(_ data: String, epochs: Int = 2) -> String {
    """
    name: cells
    network:
      - conv2d: {channels: 1, kernel: 32, stride: 32}
      - flatten
      - linear: {outputs: 1}
    data: {images: "\(Fixtures.cells)", cache: false, \(data)}
    training: {epochs: \(epochs), batchSize: 3, seed: 5}
    """
  }

  private func sheet(_ data: String, _ arguments: String...) throws -> (said: Said, image: RGBImage?) {
    let folder = try TemporaryFolder()
    try folder.write(Self.job(data), to: "job.yaml")
    let said = kiln(["preview", folder("job.yaml"), "-o", folder("sheet.png")] + arguments)
    guard said.status == 0 else { return (said, nil) }
    return (said, try decodeImage(readFile(folder("sheet.png"), limit: 1 << 24)))
  }

  /// The pixels of a tile, as planes: tiles are 20 pixels apart, the first below the heading.
  private func tile(_ index: Int, of image: RGBImage, columns: Int = 8) -> ImagePlanes {
    var planes = [UInt8](repeating: 0, count: 3 * ImagePlanes.planeSize)
    let (left, top) = (40 + index % columns * 276, 40 + 120 + index / columns * 332)
    for row in 0..<256 {
      for column in 0..<256 {
        for channel in 0..<3 {
          planes[channel * ImagePlanes.planeSize + row * 256 + column] =
            image.pixels[((top + row) * image.width + left + column) * 3 + channel]
        }
      }
    }
    return ImagePlanes(planes: planes)
  }

  private func batch(_ augmentation: Augmentation, epoch: Int) throws -> Batch {
    let data = DataDeclaration(images: Fixtures.cells, validation: .share(0))
    let dataset = try Dataset.load(data, at: DataLocation(base: nil), seed: 5)
    let store = ImageStore(dataset.training, of: .training, budget: MemoryBudget(bytes: 0))
    let schedule = BatchSchedule(
      count: dataset.training.count, batchSize: 3, epochs: 2, order: .shuffled(seed: 5, augmentation: augmentation))
    let pipeline = BatchPipeline(
      store, schedule: schedule, from: BatchPosition(epoch: epoch, batch: 0),
      ledger: SkipLedger(total: dataset.training.count, maximumShare: 0), threads: 0)
    return try #require(try pipeline.next())
  }

  /// To the pixel what the trainer gets: augmented, mixed, in the epoch's order.
  @Test func showsWhatTheTrainerGets() throws {
    let augment = "augment: {flip: both, angle: 20, noise: 0.05, mixup: 0.4, erase: {probability: 0.5}}"
    let (said, image) = try sheet("validation: 0, \(augment)", "--epoch", "2", "--count", "3")
    let sheet = try #require(image)
    let expected = try batch(
      Augmentation(flip: .both, angle: 20, noise: 0.05, erase: Erasing(probability: 0.5), mixup: 0.4), epoch: 1)
    for (index, planes) in expected.images.enumerated() { #expect(tile(index, of: sheet) == planes) }
    #expect(said.output.contains("3 of 6 images as the network sees them: 3 of class cracked, 3 of class intact"))
    #expect(said.output.contains("augment: {flip: both,"))
  }

  @Test func leavesTheAugmentationOutIfAsked() throws {
    let (said, image) = try sheet("validation: 0, augment: {flip: both, noise: 0.3}", "--plain", "--count", "2")
    let sheet = try #require(image)
    let expected = try batch(Augmentation(), epoch: 0)
    for index in 0..<2 { #expect(tile(index, of: sheet) == expected.images[index]) }
    #expect(said.output.contains("no augmentation"))
  }

  @Test func showsOtherPartsAsTheyAre() throws {
    let (said, image) = try sheet("validation: 0.4, augment: {noise: 0.3}", "--part", "validation")
    #expect(image != nil && said.output.contains("no augmentation"))
    let none = try sheet("validation: 0", "--part", "test").said
    #expect(none.status == 65 && none.errors.contains("the job has no test images"))
  }

  @Test func saysWhatIsWrong() throws {
    let late = try sheet("validation: 0", "--epoch", "3").said
    #expect(late.status == 64 && late.errors.contains("the job has 2 epochs"))
    #expect(try sheet("validation: 0", "--count", "0").said.status == 64)
    #expect(kiln("preview", "/nowhere/job.yaml").status == 66)
  }
}
