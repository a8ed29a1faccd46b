import Charts
import Datasets
import DurableFiles
import Images
import Manifests
import RunFiles

// What the images of today hold, against the checksums of data.tsv.
extension VerifiedRun {
  /// Decodes every image.
  /// - Throws: if the disk fails, or memory is short.
  func pixels(threads: Int) throws -> RunCheck {
    var check = RunCheck("pixels")
    guard let manifest, let dataset else { return .unchecked("pixels", "the images cannot be listed") }
    guard let before = try table(&check) else { return .unchecked("pixels", "there is no data.tsv") }
    let known = before.filter { $0.pixels != nil }
    guard !known.isEmpty else {
      return .unchecked("pixels", "not written down by the Kiln that trained it; --replay proves them")
    }
    let today = Dictionary(
      try decoded(dataset, manifest.data, threads: threads).map { (ByteText($0.path), $0) },
      uniquingKeysWith: { first, _ in first })
    let others = known.compactMap { record -> String? in
      // An image that is missing is told by the check of the data.
      guard let now = today[ByteText(record.path)], now.pixels != record.pixels else { return nil }
      return now.pixels == nil ? "\(record.path) (\(now.read))" : record.path
    }
    check.say("\(known.count.grouped) images, decoded again")
    guard !others.isEmpty else { return check }
    check.wrong(
      "\(others.count.grouped) \(others.count == 1 ? "image holds" : "images hold") other pixels than the run was trained "
        + "on: \(listed(others))", "put those images back as they were")
    return check
  }

  private func decoded(
    _ dataset: Dataset, _ data: DataDeclaration, threads: Int
  ) throws -> [DataAccount.Record] {
    let access = try DataLocation(base: base).access()
    var surveys: [Part: Survey] = [:]
    for part in Part.allCases where !dataset[part].isEmpty {
      let store = ImageStore(
        dataset[part], of: part, as: data.reading, within: access, budget: MemoryBudget(bytes: 0))
      surveys[part] = try Survey(of: store, threads: threads)
    }
    let account = DataAccount(dataset, data, as: data.reading, surveys: surveys)
    return try DataAccount.records(of: Array(account.table.utf8), file: RunFile.data.rawValue)
  }
}
