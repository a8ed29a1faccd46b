public import Datasets
import Images

/// A look at the data of a job, without training.
public struct DataInspection: Sendable {
  public let account: DataAccount
  /// The images that cannot be used, of all parts; empty if nothing was decoded.
  public let skipped: [SkippedImage]
  /// For which images a run of the job would stop before its first step; nil if it would not.
  public let obstacle: DatasetError?

  /// - Parameters:
  ///   - decodes: whether all images are decoded; else they are listed only.
  ///   - looked: is called with the number of images decoded so far, and of all.
  /// - Throws: `.data` if the data cannot be listed, or a disk fails.
  public init(
    of job: TrainingJob, decodes: Bool, looked: (Int, Int) -> Void = { _, _ in }
  ) throws(TrainingError) {
    let set: Dataset
    let access: DataAccess
    do {
      set = try Dataset.load(job.data, at: job.location, seed: job.training.seed, heartbeat: job.heartbeat)
      access = try job.location.access()
      try set.requireFiles(maximumShare: job.data.maximumSkipped, heartbeat: job.heartbeat)
    } catch { throw .data(error) }
    guard decodes else {
      (account, skipped, obstacle) = (DataAccount(set, job.data, as: job.reading), [], nil)
      return
    }
    let stores = Part.allCases.filter { !set[$0].isEmpty }.map { part in
      ImageStore(
        set[part], of: part, as: job.reading, within: access, cache: job.data.cache ? job.cache : nil,
        budget: MemoryBudget(bytes: 0), heartbeat: job.heartbeat)
    }
    let survey = try DataSurvey(stores, for: job) { (event) throws(TrainingError) in
      if case .preparing(let images, let total) = event { looked(images, total) }
    }
    account = DataAccount(set, job.data, as: job.reading, surveys: survey.parts)
    skipped = Part.allCases.flatMap { survey.parts[$0]?.skipped ?? [] }
    let floor = ClassFloor(set.training, classes: set.classes)
    do throws(TrainingError) {
      try survey.judge(by: job.data.maximumSkipped, floor) { _ in }
      obstacle = nil
    } catch .data(let error) {
      obstacle = error
    }
  }
}
