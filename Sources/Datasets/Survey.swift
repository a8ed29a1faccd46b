/// One look at every training image before training: the statistics for its input, and which images are bad. Only needed
/// by a job that normalizes by the statistics of its data.
public struct Survey: Sendable, Equatable {
  public var statistics: ChannelStatistics
  /// Hand it to the training pipeline: known bad images are not opened again.
  public var ledger: SkipLedger

  /// Decodes all images of a store, which fills its cache.
  ///
  /// - Parameter maximumSkipped: the share of images that may be bad.
  /// - Throws: `.tooManySkipped`.
  public init(of images: ImageStore, maximumSkipped: Double, threads: Int) throws(DatasetError) {
    let pipeline = BatchPipeline(
      images, schedule: .once(count: images.examples.count, batchSize: Self.imagesAtOnce),
      ledger: SkipLedger(total: images.examples.count, maximumShare: maximumSkipped), threads: threads)
    var sums = ChannelSums()
    while let batch = try pipeline.next() {
      for image in batch.images { sums.add(image) }
    }
    statistics = sums.statistics
    ledger = pipeline.ledger
  }

  private static let imagesAtOnce = 16
}
