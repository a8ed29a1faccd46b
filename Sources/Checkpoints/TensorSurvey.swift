/// What is known of a tensor's values when all of them have been read once or twice, piece by piece.
public struct TensorSurvey: Sendable, Equatable {
  public let statistics: TensorStatistics
  /// Nil if there is nothing to draw.
  public let histogram: TensorHistogram?
}

extension SafetensorsFile {
  /// Of the histogram; a power of two, so that it can be shown in fewer.
  public static let bins = 64

  /// The figures of every tensor, in the order of the index; nil for one whose type is not read as numbers. A checksum of
  /// Kiln's, where the file has one, is verified.
  /// - Throws: `damaged` if the content does not match the checksum, `file`.
  public func survey() throws(CheckpointError) -> [TensorSurvey?] {
    var surveys: [TensorSurvey?] = []
    var checksum = ContentChecksum()
    let isOurs = index[metadata: Safetensors.checksumKey] != nil
    for tensor in index.tensors {
      let counts = isOurs && !Safetensors.isCounter(tensor)
      if counts { checksum.begin(tensor.name, shape: tensor.shape) }
      surveys.append(try survey(of: tensor) { bytes in if counts { checksum.add(bytes) } })
    }
    if isOurs { try compare(checksum) }
    return surveys
  }

  /// Compares the content with the checksum of Kiln's that the file has; a file without one is not read.
  /// - Throws: `damaged` if they differ, `file`.
  public func verify() throws(CheckpointError) {
    guard index[metadata: Safetensors.checksumKey] != nil else { return }
    var checksum = ContentChecksum()
    for tensor in index.tensors where !Safetensors.isCounter(tensor) {
      checksum.begin(tensor.name, shape: tensor.shape)
      try read(tensor) { (bytes) throws(CheckpointError) in checksum.add(bytes) }
    }
    try compare(checksum)
  }

  private func compare(_ checksum: ContentChecksum) throws(CheckpointError) {
    let recorded = index[metadata: Safetensors.checksumKey] ?? ""
    let computed = checksum.text(with: try metadata())
    guard recorded == computed else {
      throw .damaged(path: path, .checksumMismatch(recorded: recorded, computed: computed))
    }
  }

  /// The figures of one tensor; nil if its type is not read as numbers.
  public func survey(of tensor: SafetensorsIndex.Tensor) throws(CheckpointError) -> TensorSurvey? {
    try survey(of: tensor) { _ in }
  }

  /// The metadata by key.
  /// - Throws: `duplicateName` for two keys that differ only in how Unicode writes them.
  public func metadata() throws(CheckpointError) -> [String: String] {
    do throws(CheckpointError) { return try Safetensors.texts(index.metadata) } catch {
      throw .damaged(path: path, error)
    }
  }

  private func survey(
    of tensor: SafetensorsIndex.Tensor, _ pass: ([UInt8]) -> Void
  ) throws(CheckpointError) -> TensorSurvey? {
    var statistics = TensorStatistics()
    // A tensor of one piece need not be read again.
    var only: [Double]?
    var pieces = 0
    try read(tensor) { (bytes) throws(CheckpointError) in
      pass(bytes)
      guard let numbers = tensor.type?.numbers(in: bytes) else { return }
      statistics.add(numbers)
      pieces += 1
      only = pieces == 1 ? numbers : nil
    }
    guard let type = tensor.type, type.isNumeric else { return nil }
    var histogram = TensorHistogram(statistics, bins: Self.bins)
    if let only {
      histogram?.add(only)
    } else if histogram != nil {
      try read(tensor) { (bytes) throws(CheckpointError) in histogram?.add(type.numbers(in: bytes) ?? []) }
    }
    return TensorSurvey(statistics: statistics, histogram: histogram)
  }
}
