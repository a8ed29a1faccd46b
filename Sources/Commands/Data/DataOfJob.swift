import ArgumentParser
import Charts
import Datasets
import DurableFiles
import Manifests
import Training
import Workers

/// `kiln data`: the account of a job's data, without training.
struct DataOfJob: Command {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Show what a job would train on.",
    discussion: """
      Lists the job's images as training does: how many of which class go to which part, what is passed over and why, and, \
      after decoding all of them, which cannot be used, are transparent, have one colour throughout or occur twice. \
      --output writes all of it as a table that `labels` accepts, so that a division into parts can be repeated.
      Example: kiln data job.yaml --output data.tsv
      Exit status: 0, 65 if the job or its data are bad, so that training would stop, 66 if there is no such file, 74 if \
      something could not be read or written.
      """)

  @Argument(help: "A job file; - reads standard input.", completion: .file(extensions: ["yaml", "yml", "json"]))
  var job: String
  @Option(help: "Write the account as a table.", completion: .file(extensions: ["tsv"])) var output: String?
  @Flag(help: "List the images only, and decode none.") var quick = false
  @Option(help: "The seed that divides the images, instead of the job's.") var seed: Int?
  @Option(help: "Where relative data paths start from, instead of the job file's folder.", completion: .directory)
  var base: String?
  @Option(
    name: .customLong("data-root"), help: "A folder that the data must lie in; may be repeated. Default: anywhere.",
    completion: .directory) var dataRoots: [String] = []
  @Option(help: "Threads.") var threads = processorCount()
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if threads < 1 { throw ValidationError("--threads starts at 1") }
    if let seed, seed < 0 { throw ValidationError("--seed starts at 0") }
  }

  func run(on console: Console) throws {
    let file = JobFile(job)
    var manifest = try Manifest.parse(try file.read(), file: file.shownPath)
    if let seed { manifest.training.seed = UInt64(seed) }
    let location = DataLocation(base: base ?? file.folder, roots: dataRoots)
    try manifest.findData(at: location)
    let job = TrainingJob(
      name: manifest.name, network: manifest.network, data: manifest.data, location: location,
      training: manifest.training, checkpoints: manifest.checkpoints, threads: threads,
      cache: cacheFolder(nil, environment: console.environment).map { ImageCache($0) })
    let inspection = try DataInspection(of: job, decodes: !quick) { images, total in
      console.show(live: "decoding images: \(images.grouped) of \(total.grouped) …")
    }
    console.show(live: "")
    let report = DataReport(inspection.account, name: manifest.name)
    try console.answer(report, asJSON: json, text: report.text)
    if let output {
      try publish(inspection.account.table, to: output, .atomic)
      if !json { console.print(try pinned(inspection.account, as: output)) }
    }
    if let obstacle = inspection.obstacle { throw CommandFailure("training would stop: \(obstacle)", .badData) }
  }

  private func pinned(_ account: DataAccount, as table: String) throws -> String {
    let place = try DataLocation(base: ".").find(table)
    let lines = account.pinned(as: place).map { "  \($0)" }.joined(separator: "\n")
    return "\n\(table) has all of it; this repeats the division in another job:\ndata:\n\(lines)"
  }
}

/// The account for people and for programs.
struct DataReport: Encodable {
  struct Class: Encodable {
    let name: String
    let train: Int
    let validation: Int
    let test: Int
  }

  struct Remark: Encodable {
    let text: String
    let paths: [String]
  }

  let name: String
  let folder: String
  let images: Int
  let isDecoded: Bool
  let classes: [Class]
  let remarks: [Remark]
  private let counts: DataCounts

  private enum CodingKeys: CodingKey { case name, folder, images, isDecoded, classes, remarks }

  init(_ account: DataAccount, name: String) {
    self.name = name
    folder = account.folder
    images = account.rows.count
    isDecoded = account.isDecoded
    counts = DataCounts(account)
    classes = zip(account.classes, account.counts).map { name, counts in
      Class(
        name: name, train: counts[.training] ?? 0, validation: counts[.validation] ?? 0, test: counts[.test] ?? 0)
    }
    remarks = account.remarks.map { Remark(text: $0.text, paths: $0.paths) }
  }

  private static let mostPaths = 5

  var text: String {
    var lines = ["\(printable(name)): \(images.grouped) images in \(printable(folder))", "", counts.text]
    if !isDecoded { lines += ["", "The images were not decoded; without --quick they are."] }
    for remark in remarks {
      lines += ["", printable(remark.text)] + remark.paths.prefix(Self.mostPaths).map { "  \(printable($0))" }
      if remark.paths.count > Self.mostPaths { lines.append("  …") }
    }
    return lines.joined(separator: "\n")
  }
}
