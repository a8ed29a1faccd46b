public import DurableFiles

/// What a run's folder tells of the run.
extension Spool {
  /// The step of the newest checkpoint of a run, 0 if it has none.
  ///
  /// - Throws: `FileError` if the disk does not tell, because the job must not look as if it had made no progress.
  public func newestCheckpoint(of id: JobID) throws(FileError) -> Int {
    guard let target = try linkTarget(at: latest(of: id)) else { return 0 }
    return Int(ByteText(target).lastName) ?? 0
  }

  /// When the newest checkpoint was made, in seconds since 1970; nil if there is none, or if the disk does not tell. It
  /// is the time of the link `latest`, which is made anew for each checkpoint. For display alone.
  public func newestCheckpointTime(of id: JobID) -> Double? {
    guard let facts = try? facts(at: latest(of: id)) else { return nil }
    return Double(facts.modified) / 1e9
  }

  /// How many images a run could not use: the lines of `skipped.tsv` below its header. For display alone: 0 also if
  /// the disk does not tell.
  public func skippedImages(of id: JobID) -> Int {
    guard let bytes = try? readFile(folder(of: id)[.skipped], limit: 64 << 20) else { return 0 }
    return max(0, bytes.count { $0 == UInt8(ascii: "\n") } - 1)
  }

  private func latest(of id: JobID) -> String { folder(of: id)[.latest] }
}
