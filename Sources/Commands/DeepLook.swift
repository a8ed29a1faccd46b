import Charts
import Datasets
import DurableFiles
import Images
import RunFiles
import Workers

/// `kiln validate --deep`: decodes all images of a job, and says which of them cannot be used and why.
struct DeepLook {
  /// Images that cannot be used for one reason.
  struct Problem {
    let kind: String
    var images: [SkippedImage]
  }

  let images: Int
  /// The most frequent first.
  let problems: [Problem]
  /// Why the job would fail, if it would.
  let failure: DatasetError?

  private static let partsInOrder: [Part] = [.training, .validation, .test]

  /// - Parameter progress: is called with the number of images so far, and with all.
  /// - Throws: a failure that says nothing about an image.
  init(
    _ dataset: Dataset, _ data: DataDeclaration, cache: ImageCache?, threads: Int, progress: (Int, Int) -> Void
  ) throws(DatasetError) {
    let parts = [dataset.training, dataset.validation, dataset.test]
    images = parts.reduce(0) { $0 + $1.count }
    var (seen, failure): (Int, DatasetError?) = (0, nil)
    var skipped: [SkippedImage] = []
    for (part, examples) in zip(Self.partsInOrder, parts) {
      let floor = part == .training ? ClassFloor(examples, classes: dataset.classes) : nil
      var ledger = SkipLedger(total: examples.count, maximumShare: data.maximumSkipped, floor: floor)
      let store = ImageStore(examples, of: part, as: data.reading, cache: cache, budget: MemoryBudget(bytes: 0))
      let team = Team(threads: threads)
      for start in stride(from: 0, to: examples.count, by: Self.atOnce * threads) {
        let range = start..<min(start + Self.atOnce * threads, examples.count)
        for image in try Self.unusable(range, of: store, team) {
          skipped.append(image)
          do { _ = try ledger.record(image) } catch { failure = failure ?? error }
        }
        seen += range.count
        progress(seen, images)
      }
    }
    self.failure = failure
    problems = Self.problems(skipped)
  }

  private static let atOnce = 16

  private static func unusable(
    _ range: Range<Int>, of store: ImageStore, _ team: Team
  ) throws(DatasetError) -> [SkippedImage] {
    let found = Monitor((skipped: [SkippedImage](), failure: DatasetError?.none))
    team.run(range.count) { index, _ in
      do throws(ImageFailure) {
        _ = try store.image(of: range.lowerBound + index)
      } catch {
        switch error {
        case .skipped(let image): found.change { $0.skipped.append(image) }
        case .failed(let trouble): found.change { $0.failure = trouble }
        }
      }
    }
    let (skipped, failure) = found.change { $0 }
    if let failure { throw failure }
    return skipped.sorted { $0.index < $1.index }
  }

  /// By the first words of the reasons: what stands behind them is of the one image.
  private static func problems(_ skipped: [SkippedImage]) -> [Problem] {
    var byKind: [ByteText: [SkippedImage]] = [:]
    for image in skipped {
      let kind = image.reason.prefix { $0 != ":" && $0 != ";" }
      byKind[ByteText(String(kind)), default: []].append(image)
    }
    return byKind.map { Problem(kind: $0.key.text, images: $0.value) }.sorted {
      ($1.images.count, ByteText($0.kind)) < ($0.images.count, ByteText($1.kind))
    }
  }

  var text: String {
    guard !problems.isEmpty else { return "  all \(images.grouped) images can be used" }
    let bad = problems.reduce(0) { $0 + $1.images.count }
    var table = Table([.left("problem"), .right("images"), .left("such as")])
    for problem in problems {
      let names = problem.images.prefix(3).map(\.name).joined(separator: ", ")
      table.append([problem.kind, problem.images.count.grouped, names + (problem.images.count > 3 ? ", …" : "")])
    }
    let lines = table.text.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
    return "  \(bad.grouped) of \(images.grouped) images cannot be used\n\(lines)"
  }

  var verdicts: [Verdict.Problem] {
    problems.map { problem in
      Verdict.Problem(
        kind: problem.kind, images: problem.images.count, names: problem.images.prefix(10).map(\.name))
    }
  }
}
