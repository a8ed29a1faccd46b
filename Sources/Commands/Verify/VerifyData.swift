import Datasets
import DurableFiles
import Manifests
import RunFiles
import Training

/// How the images of today are not those of the run, by the paths of data.tsv.
struct ImageChanges {
  var missing: [String] = []
  var new: [String] = []
  /// Of another class, part or weight.
  var changed: [String] = []

  init(from earlier: [DataAccount.Record], to today: [DataAccount.Record]) {
    var left = Dictionary(earlier.map { (ByteText($0.path), $0) }, uniquingKeysWith: { first, _ in first })
    for record in today {
      guard let before = left.removeValue(forKey: ByteText(record.path)) else {
        new.append(record.path)
        continue
      }
      if !before.isSame(as: record) {
        changed.append("\(record.path) (\(before.label), \(before.part); now \(record.label), \(record.part))")
      }
    }
    missing = left.keys.sorted().map(\.text)
  }

  var isEmpty: Bool { missing.isEmpty && new.isEmpty && changed.isEmpty }
}

// The images of today against those that the run was trained on.
extension VerifiedRun {
  private static let putBack = "put the images back as they were, or name another folder of the job with --base"

  func data() throws -> RunCheck? {
    guard let images else { return nil }
    var check = RunCheck("data")
    let table = try table(&check)
    guard case .listed(let dataset) = images else {
      if case .unlisted(let reason) = images { check.wrong("the images cannot be listed: \(reason)", Self.putBack) }
      check.say("not listed")
      return check
    }
    let count = dataset.training.count + dataset.validation.count + dataset.test.count
    check.say("\(count.grouped) images: names, classes; content: --pixels")
    let fingerprint = newest?.metadata["dataset.fingerprint"]
    let isSame = fingerprint.map { $0 == dataset.fingerprint }
    let changes = try table.map { ImageChanges(from: $0, to: try Self.records(of: dataset, manifest)) }
    name(changes, &check, isWrong: isSame != true)
    if isSame == false, changes?.isEmpty ?? true {
      check.wrong(
        "their fingerprint is \(dataset.fingerprint), and the run's \(fingerprint ?? "")"
          + (changes == nil ? "; without a data.tsv nobody knows which are others" : ", and data.tsv is of today's"),
        Self.putBack)
    }
    try nameMissing(dataset, &check)
    try nameModified(dataset, &check)
    return check
  }

  private func name(_ changes: ImageChanges?, _ check: inout RunCheck, isWrong: Bool) {
    guard let changes else { return }
    for (paths, word) in [
      (changes.missing, "missing"), (changes.new, "new"), (changes.changed, "of another class, part or weight"),
    ] where !paths.isEmpty {
      let verb = paths.count == 1 ? "image is" : "images are"
      let text = "\(paths.count.grouped) \(verb) \(word): \(listed(paths))"
      // If the fingerprint is the run's, the table is what was changed.
      if isWrong {
        check.wrong(text, Self.putBack)
      } else {
        check.wrong("by data.tsv \(text); the images are the run's", "data.tsv was edited: put a copy of it back")
      }
    }
  }

  /// A table names images that need not be there.
  private func nameMissing(_ dataset: Dataset, _ check: inout RunCheck) throws {
    let skipped = Set(
      ((newest?.state.skipped ?? []) + (newest?.state.skippedValidation ?? []) + (newest?.state.skippedTest ?? [])).map
      {
        ByteText($0.name)
      })
    let absent = try Part.allCases.flatMap { dataset[$0] }.filter { example in
      try !skipped.contains(ByteText(example.name)) && facts(at: example.path) == nil
    }
    guard !absent.isEmpty else { return }
    check.wrong(
      "\(absent.count.grouped) of them \(absent.count == 1 ? "is" : "are") not on the disk: \(listed(absent.map(\.name)))",
      Self.putBack)
  }

  /// To say what the images hold, all of them have to be decoded. Their times may say enough.
  private func nameModified(_ dataset: Dataset, _ check: inout RunCheck) throws {
    guard let account = try facts(at: folder[.data]) else { return }
    let modified = try modifiedImages(dataset, since: account.modified)
    guard !modified.isEmpty else { return }
    check.remark(
      "\(modified.count.grouped) \(modified.count == 1 ? "image was" : "images were") written since the run began: "
        + listed(modified), "--pixels tells whether they hold what was trained on")
  }

  func modifiedImages(_ dataset: Dataset, since time: Int64) throws(FileError) -> [String] {
    var modified: [String] = []
    for example in Part.allCases.flatMap({ dataset[$0] }) {
      if let found = try facts(at: example.path), found.modified > time { modified.append(example.name) }
    }
    return modified
  }

  /// Nil if there is no data.tsv, or if it is none, which the check is told.
  func table(_ check: inout RunCheck) throws -> [DataAccount.Record]? {
    guard try facts(at: folder[.data]) != nil else { return nil }
    let bytes = try readFile(folder[.data], limit: 1 << 30)
    do { return try DataAccount.records(of: bytes, file: folder[.data]) } catch {
      check.wrong("\(error)")
      return nil
    }
  }

  static func records(of dataset: Dataset, _ manifest: Manifest?) throws -> [DataAccount.Record] {
    guard let manifest else { return [] }
    let account = DataAccount(dataset, manifest.data, as: manifest.data.reading)
    return try DataAccount.records(of: Array(account.table.utf8), file: RunFile.data.rawValue)
  }
}

extension VerifiedRun {
  /// How the images were read then, by data.tsv, against how a replay has read them.
  func compareAccount(_ account: DataAccount?, _ check: inout RunCheck) throws {
    guard let account, let before = try table(&check) else { return }
    let today = Dictionary(
      try DataAccount.records(of: Array(account.table.utf8), file: RunFile.data.rawValue).map {
        (ByteText($0.path), $0)
      },
      uniquingKeysWith: { first, _ in first })
    let others = before.compactMap { record -> String? in
      guard let now = today[ByteText(record.path)], ByteText(now.read) != ByteText(record.read) else { return nil }
      return "\(record.path) (\(record.read); now \(now.read))"
    }
    guard !others.isEmpty else { return }
    check.wrong(
      "\(others.count.grouped) image\(others.count == 1 ? " is" : "s are") not what data.tsv says of them: \(listed(others))",
      "put those images back as they were")
  }
}
