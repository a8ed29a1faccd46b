import Charts
import Datasets
import DurableFiles
import RunFiles
import Training

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

  private let remarks: [DataAccount.Remark]

  init(_ inspection: DataInspection) {
    images = inspection.account.rows.count
    failure = inspection.obstacle
    problems = Self.problems(inspection.skipped)
    // The table of problems says more than the remark on unusable images.
    remarks = inspection.account.remarks.filter { !$0.text.hasSuffix(" cannot be used") }
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
    ([table] + remarks.map { "  note: \(printable($0.text))\(Self.names($0.paths))" }).joined(separator: "\n")
  }

  private static func names(_ paths: [String]) -> String {
    let names = paths.prefix(3).map { printable($0) }.joined(separator: ", ")
    return paths.isEmpty ? "" : ": \(names)\(paths.count > 3 ? ", …" : "")"
  }

  private var table: String {
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
