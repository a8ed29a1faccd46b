extension Safetensors {
  /// The tensors, in the order of their bytes, and the metadata. A checksum, where there is one, is verified.
  ///
  /// PyTorch's counters of batches (`num_batches_tracked`) are left out.
  ///
  /// Nothing in the file is believed before it is checked: every claim about a length is compared with the bytes
  /// that are there before memory is taken for it.
  /// - Throws: the `CheckpointError` that names the first fault.
  public static func decode(_ bytes: [UInt8]) throws(CheckpointError) -> TensorFile {
    let dataStart = try endOfHeader(bytes)
    guard case .object(let members) = try HeaderParser.parse(bytes[lengthBytes..<dataStart]) else {
      throw .malformedHeader(byte: 0, expected: "{")
    }
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    for member in members {
      if member.name == metadataKey {
        metadata = try texts(member)
      } else {
        entries.append(try Entry(member))
      }
    }
    // By place, and a tensor without values before the one that begins at the same byte.
    entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    try checkPlaces(entries, dataBytes: bytes.count - dataStart)
    let tensors = entries.filter { !$0.isCounter }.map { entry in
      NamedTensor(
        name: entry.name, shape: entry.shape,
        values: floats(bytes[dataStart + entry.begin..<dataStart + entry.end]))
    }
    try checkSum(tensors, metadata)
    return TensorFile(tensors: tensors, metadata: metadata)
  }

  /// The same for a file that `encode` made. Every bit counts: those of the values by the checksum, which must be there,
  /// and those of the header because there is only one way to write it.
  static func decodeOwn(_ bytes: [UInt8]) throws(CheckpointError) -> TensorFile {
    let file = try decode(bytes)
    guard file.metadata[checksumKey] != nil else { throw .checksumMissing }
    guard bytes.starts(with: try header(file.tensors, file.metadata)) else { throw .foreignHeader }
    return file
  }

  private static func endOfHeader(_ bytes: [UInt8]) throws(CheckpointError) -> Int {
    guard bytes.count >= lengthBytes else { throw .truncated(bytes: bytes.count, needed: lengthBytes) }
    let length = bytes[..<lengthBytes].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(headerLimit) else { throw .headerTooLong(bytes: length) }
    let end = lengthBytes + Int(length)
    guard bytes.count >= end else { throw .truncated(bytes: bytes.count, needed: end) }
    return end
  }

  private static func texts(_ member: HeaderValue.Member) throws(CheckpointError) -> [String: String] {
    guard case .object(let fields) = member.value else {
      throw .malformedEntry(name: member.name, expected: "an object of text by key")
    }
    var texts: [String: String] = [:]
    for field in fields {
      guard case .text(let text) = field.value else {
        throw .malformedEntry(name: member.name, expected: "text under \"\(field.name)\"")
      }
      texts[field.name] = text
    }
    return texts
  }

  /// The tensors tile the data: no gap, no overlap, nothing behind the last.
  private static func checkPlaces(_ entries: [Entry], dataBytes: Int) throws(CheckpointError) {
    var end = 0
    for entry in entries {
      guard let count = NamedTensor.count(of: entry.shape), count <= Int.max / entry.bytesEach else {
        throw .wrongShape(tensor: entry.name, shape: entry.shape)
      }
      let (expectedEnd, overflow) = end.addingReportingOverflow(count * entry.bytesEach)
      guard !overflow, entry.begin == end, entry.end == expectedEnd else {
        throw .wrongOffsets(
          tensor: entry.name, begin: entry.begin, end: entry.end,
          expectedBegin: end, expectedEnd: overflow ? Int.max : expectedEnd)
      }
      end = expectedEnd
      guard end <= dataBytes else { throw .truncated(bytes: dataBytes, needed: end) }
    }
    guard end == dataBytes else { throw .trailingBytes(dataBytes - end) }
  }

  private static func floats(_ bytes: ArraySlice<UInt8>) -> [Float] {
    [Float](unsafeUninitializedCapacity: bytes.count / scalarBytes) { buffer, count in
      bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      count = bytes.count / scalarBytes
    }
  }

  private static func checkSum(
    _ tensors: [NamedTensor], _ metadata: [String: String]
  ) throws(CheckpointError) {
    guard let recorded = metadata[checksumKey] else { return }
    let computed = checksum(tensors, metadata)
    guard recorded == computed else { throw .checksumMismatch(recorded: recorded, computed: computed) }
  }

  /// What the header says about one tensor, well-formed but not yet believed.
  private struct Entry {
    let name: String
    let shape: [Int]
    let begin: Int
    let end: Int
    /// How many batches a normalization of PyTorch has seen: a whole number that nothing depends on.
    let isCounter: Bool
    var bytesEach: Int { isCounter ? 8 : scalarBytes }

    init(_ member: HeaderValue.Member) throws(CheckpointError) {
      name = member.name
      var type: String?
      var shape: [Int]?
      var offsets: [Int]?
      if case .object(let fields) = member.value {
        for field in fields {
          switch (field.name, field.value) {
          case ("dtype", .text(let text)): type = text
          case ("shape", .list(let values)): shape = Self.wholes(values)
          case ("data_offsets", .list(let values)): offsets = Self.wholes(values)
          default: throw .malformedEntry(name: name, expected: "dtype, shape and data_offsets, not \"\(field.name)\"")
          }
        }
      }
      guard let type, let shape, let offsets, offsets.count == 2 else {
        throw .malformedEntry(name: name, expected: "dtype, shape and two data_offsets")
      }
      isCounter = type == "I64" && name.hasSuffix(".num_batches_tracked")
      guard type == "F32" || isCounter else { throw .unsupportedType(tensor: name, type: type) }
      self.shape = shape
      (begin, end) = (offsets[0], offsets[1])
    }

    private static func wholes(_ values: [HeaderValue]) -> [Int]? {
      let numbers = values.compactMap { value -> Int? in
        guard case .whole(let number) = value else { return nil }
        return number
      }
      return numbers.count == values.count ? numbers : nil
    }
  }
}
