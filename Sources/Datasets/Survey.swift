/// A pass over all training images before the first step. It computes the statistics for normalization and finds bad
/// images. Only a job with `normalize: dataset` needs a survey.
public struct Survey: Sendable, Equatable {
  public var statistics: ChannelStatistics
  /// To be handed to the training pipeline, which does not open images known to be bad.
  public var ledger: SkipLedger

  /// Decodes all images of a store, which fills its cache.
  ///
  /// - Parameters:
  ///   - ledger: which images may be bad, and how many.
  ///   - looked: is called after each batch with the number of images looked at so far.
  /// - Throws: what `BatchPipeline.next` throws: too many bad images, a disk that fails, too little memory.
  public init(
    of images: ImageStore, ledger: SkipLedger, threads: Int, looked: (Int) -> Void = { _ in }
  ) throws(DatasetError) {
    let pipeline = BatchPipeline(
      images, schedule: .once(count: images.examples.count, batchSize: Self.imagesAtOnce), ledger: ledger,
      threads: threads)
    var sums = ChannelSums()
    var count = 0
    while let batch = try pipeline.next() {
      for image in batch.images { sums.add(image) }
      count += batch.images.count + batch.skipped.count
      looked(count)
    }
    statistics = sums.statistics
    self.ledger = pipeline.ledger
  }

  private static let imagesAtOnce = 16
}
