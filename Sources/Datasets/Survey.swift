public import Images

/// A pass over all images of a part before the first step. It finds the bad ones, the statistics for normalization, and
/// what there is to say of each image.
public struct Survey: Sendable, Equatable {
  public var statistics: ChannelStatistics
  /// The images that cannot be used, in the order of the examples. Nothing was judged by them yet.
  public var skipped: [SkippedImage] = []
  /// One for each example; nil for those that cannot be used.
  public var findings: [ImageFinding?]

  /// Decodes all images of a store, which fills its cache. Bad images do not end the pass, so that all of them are known.
  ///
  /// - Parameter looked: is called after each batch with the number of images looked at so far.
  /// - Throws: `.file` or `.unavailable` when a disk fails or memory is short.
  public init(
    of images: ImageStore, threads: Int, looked: (Int) -> Void = { _ in }
  ) throws(DatasetError) {
    let total = images.examples.count
    let pipeline = BatchPipeline(
      images, schedule: .once(count: total, batchSize: Self.imagesAtOnce), ledger: SkipLedger(noting: total),
      threads: threads)
    var sums = ChannelSums()
    findings = Array(repeating: nil, count: total)
    var count = 0
    while let batch = try pipeline.next() {
      for (place, image) in batch.images.enumerated() {
        sums.add(image)
        findings[batch.examples[place]] = ImageFinding(image, batch.notes[place])
      }
      skipped += batch.skipped
      count += batch.images.count + batch.skipped.count
      looked(count)
    }
    statistics = sums.statistics
  }

  private static let imagesAtOnce = 16
}

/// What was found out about an image when it was decoded.
public struct ImageFinding: Sendable, Hashable {
  public let notes: ImageNotes
  /// All its pixels have one colour.
  public let isUniform: Bool
  /// Of its 256 x 256 pixels: images with the same pixels have the same.
  public let checksum: UInt64

  init(_ image: ImagePlanes, _ notes: ImageNotes) {
    self.notes = notes
    isUniform = image.isUniform
    checksum = image.checksum
  }
}
