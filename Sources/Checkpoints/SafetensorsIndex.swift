import DurableFiles

/// What a safetensors file holds, without the values: each tensor's name, type, shape and place.
///
/// Nothing in the file is believed before it is checked, and more is checked than the official reader does: a name or a key
/// stands once, the tensors tile the data without a hole, an overlap or anything behind the last, no length overflows.
public struct SafetensorsIndex: Sendable, Equatable {
  public struct Tensor: Sendable, Equatable {
    public let name: String
    /// As the file has it.
    public let typeName: String
    /// Nil for a type that this version of Kiln does not know, of which only the place could be checked.
    public let type: ElementType?
    public let shape: [Int]
    /// The product of the shape.
    public let count: Int
    /// Where the elements lie in the file, row-major and little-endian.
    public let bytes: Range<Int>
  }

  /// One member of the free-form text under `__metadata__`.
  public struct Metadata: Sendable, Equatable {
    public let key: String
    public let value: String
  }

  /// In the order of their bytes; a tensor without elements before the one that begins at the same byte.
  public let tensors: [Tensor]
  /// In the file's order. No two keys have the same bytes.
  public let metadata: [Metadata]

  public subscript(metadata key: String) -> String? {
    metadata.first { ByteText($0.key) == ByteText(key) }?.value
  }

  public subscript(name: String) -> Tensor? {
    tensors.first { ByteText($0.name) == ByteText(name) }
  }

  /// Of a whole file.
  /// - Throws: the `CheckpointError` that names the first fault.
  public init(_ bytes: [UInt8]) throws(CheckpointError) {
    let header = try Self.placeOfHeader(bytes.prefix(Safetensors.lengthBytes), fileBytes: bytes.count)
    try self.init(header: bytes[header], fileBytes: bytes.count)
  }

  /// - Parameter header: without the length before it. It ends where the data begin.
  init(header: ArraySlice<UInt8>, fileBytes: Int) throws(CheckpointError) {
    let parsed = try SafetensorsHeader(header)
    metadata = parsed.metadata
    let sorted = parsed.entries.enumerated().sorted {
      ($0.element.begin, $0.element.end, $0.offset) < ($1.element.begin, $1.element.end, $1.offset)
    }
    let dataStart = Safetensors.lengthBytes + header.count
    let dataBytes = fileBytes - dataStart
    var (end, placed): (Int, [Tensor]) = (0, [])
    placed.reserveCapacity(sorted.count)
    for (_, entry) in sorted {
      let count = try Self.checkPlace(entry, begin: end, dataBytes: dataBytes)
      placed.append(
        Tensor(
          name: entry.name, typeName: entry.type, type: ElementType(rawValue: entry.type), shape: entry.shape,
          count: count, bytes: dataStart + entry.begin..<dataStart + entry.end))
      end = entry.end
    }
    guard end == dataBytes else { throw .trailingBytes(dataBytes - end) }
    tensors = placed
  }

  /// Where the header lies in a file of so many bytes.
  /// - Parameter start: the first eight bytes, or all if there are fewer.
  static func placeOfHeader(_ start: ArraySlice<UInt8>, fileBytes: Int) throws(CheckpointError) -> Range<Int> {
    let lengthBytes = Safetensors.lengthBytes
    guard start.count >= lengthBytes else { throw .truncated(bytes: start.count, needed: lengthBytes) }
    let length = start.prefix(lengthBytes).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(Safetensors.headerLimit) else { throw .headerTooLong(bytes: length) }
    let end = lengthBytes + Int(length)
    guard fileBytes >= end else { throw .truncated(bytes: fileBytes, needed: end) }
    return lengthBytes..<end
  }

  /// - Parameter begin: where the tensor before it ends.
  /// - Returns: how many elements the tensor has.
  private static func checkPlace(
    _ entry: SafetensorsHeader.Entry, begin: Int, dataBytes: Int
  ) throws(CheckpointError) -> Int {
    guard let count = NamedTensor.count(of: entry.shape) else {
      throw .wrongShape(tensor: entry.name, shape: entry.shape)
    }
    let size = try Self.size(of: entry, count)
    let (expectedEnd, overflow) = begin.addingReportingOverflow(size)
    guard !overflow, entry.begin == begin, entry.end == expectedEnd else {
      throw .wrongOffsets(
        tensor: entry.name, begin: entry.begin, end: entry.end, expectedBegin: begin,
        expectedEnd: overflow ? Int.max : expectedEnd)
    }
    guard entry.end <= dataBytes else { throw .truncated(bytes: dataBytes, needed: entry.end) }
    return count
  }

  private static func size(of entry: SafetensorsHeader.Entry, _ count: Int) throws(CheckpointError) -> Int {
    guard let type = ElementType(rawValue: entry.type) else {
      // How large its elements are, nobody knows: any size will do, if only there is one.
      return count == 0 ? 0 : max(entry.end - entry.begin, 1)
    }
    guard let bytes = type.bytes(of: count) else { throw .wrongShape(tensor: entry.name, shape: entry.shape) }
    return bytes
  }
}
