/// One look at every training image before training: the statistics for its input, and which images are bad. Only needed
/// by a job that normalizes by the statistics of its data.
public struct Survey: Sendable, Equatable {
  public var statistics: ChannelStatistics
  /// Hand it to the training pipeline: known bad images are not opened again.
  public var ledger: SkipLedger

  /// Decodes all images of a store, which fills its cache.
  ///
  /// - Parameters:
  ///   - maximumSkipped: the share of images that may be bad.
  ///   - looked: is told now and then how many images have been looked at.
  /// - Throws: `.tooManySkipped`.
  public init(
    of images: ImageStore, maximumSkipped: Double, threads: Int, looked: (Int) -> Void = { _ in }
  ) throws(DatasetError) {
    let pipeline = BatchPipeline(
      images, schedule: .once(count: images.examples.count, batchSize: Self.imagesAtOnce),
      ledger: SkipLedger(total: images.examples.count, maximumShare: maximumSkipped), threads: threads)
    var sums = ChannelSums()
    var count = 0
    while let batch = try pipeline.next() {
      for image in batch.images { sums.add(image) }
      count += batch.images.count + batch.skipped.count
      looked(count)
    }
    statistics = sums.statistics
    ledger = pipeline.ledger
  }

  private static let imagesAtOnce = 16
}
