import Datasets

/// The pass over all images before the first step of a run: what the account of its data says, and the statistics of the
/// training images.
struct DataSurvey {
  private(set) var parts: [Part: Survey] = [:]
  private let stores: [ImageStore]

  /// - Parameter stores: of the parts.
  init(
    _ stores: [ImageStore], for job: TrainingJob, report: (TrainingEvent) throws(TrainingError) -> Void
  ) throws(TrainingError) {
    self.stores = stores
    let total = stores.reduce(0) { $0 + $1.examples.count }
    try report(.preparing(images: 0, of: total))
    var before = 0
    for store in stores {
      guard let part = store.part else { continue }
      var failure: TrainingError?
      do {
        parts[part] = try Survey(of: store, threads: job.threads) { count in
          do throws(TrainingError) { try report(.preparing(images: before + count, of: total)) } catch {
            failure = error
          }
        }
      } catch { throw .data(error) }
      if let failure { throw failure }
      before += store.examples.count
    }
  }

  /// - Parameter floor: of the training images.
  /// - Throws: `.data` if too many images of a part are bad. All bad images of all parts are reported before.
  func judge(
    by maximumShare: Double, _ floor: ClassFloor?, report: (TrainingEvent) throws(TrainingError) -> Void
  ) throws(TrainingError) {
    for store in stores {
      guard let part = store.part, let survey = parts[part] else { continue }
      let ledger = SkipLedger(
        total: store.examples.count, maximumShare: maximumShare, floor: part == .training ? floor : nil)
      do { try ledger.judge(survey.skipped) } catch {
        for part in Part.allCases {
          for image in parts[part]?.skipped ?? [] { try report(.skipped(image, of: part)) }
        }
        throw .data(error)
      }
    }
  }

  func statistics(for normalization: DataDeclaration.Normalization) -> ChannelStatistics {
    switch normalization {
    case .none: .none
    case .given(let statistics): statistics
    case .dataset: parts[.training]?.statistics ?? .none
    }
  }
}
