/// A pass over all training images before the first step. It computes the statistics for normalization and finds bad
/// images. Only a job with `normalize: dataset` needs a survey.
public struct Survey: Sendable, Equatable {
  public var statistics: ChannelStatistics
  /// To be handed to the training pipeline, which does not open images known to be bad.
  public var ledger: SkipLedger

  /// Decodes all images of a store, which fills its cache.
  ///
  /// - Parameters:
  ///   - maximumSkipped: the share of images that may be bad.
  ///   - looked: is called after each batch with the number of images looked at so far.
  /// - Throws: `.tooManySkipped`, or what `BatchPipeline.next` throws when the disk fails or memory is short.
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
