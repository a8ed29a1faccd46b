import DurableFiles
public import Workers

extension Dataset {
  /// Looks for every file that a table names, so that a table of another folder fails before anything is decoded, and with
  /// all that is missing. Class folders have just been listed, so their images are there.
  ///
  /// A file that cannot be looked at now says nothing, and the decoder will look again.
  ///
  /// - Parameters:
  ///   - maximumShare: of the set that may be missing.
  ///   - heartbeat: ticks with each file.
  /// - Throws: `.tooManySkipped` with all missing images; `.unavailable` if an images folder is gone or empty.
  public func requireFiles(
    maximumShare: Double, heartbeat: Heartbeat = Heartbeat()
  ) throws(DatasetError) {
    guard isListedByTables else { return }
    let parts = Part.allCases.map { ($0, self[$0]) }
    let missing = MissingImages(parts.flatMap(\.1).lazy.map(\.folder))
    var absent: [SkippedImage] = []
    var standing: Set<ByteText> = []
    for (part, examples) in parts {
      for (index, example) in examples.enumerated() {
        heartbeat.tick()
        guard Self.isAbsent(example.path) else { continue }
        // What is said once of a folder need not be asked for each of its images.
        if standing.insert(ByteText(example.folder)).inserted { try missing.requireFolder(example.folder) }
        absent.append(
          SkippedImage(
            index: index, part: part, name: example.name,
            reason: missing.reason(name: example.name, in: example.folder)))
      }
    }
    let total = training.count + validation.count + test.count
    guard Double(absent.count) / Double(max(total, 1)) > maximumShare else { return }
    throw .tooManySkipped(absent, of: total, share: maximumShare)
  }

  /// The examples of a part.
  public subscript(part: Part) -> [Example] {
    switch part {
    case .training: training
    case .validation: validation
    case .test: test
    }
  }

  private static func isAbsent(_ path: String) -> Bool {
    do { return try facts(at: path) == nil } catch { return false }
  }
}
