public import Workers

/// The safetensors format (https://github.com/huggingface/safetensors#format): eight bytes with the length of the
/// header, the header in JSON, and the tensors' values, little-endian, each beginning where the one before ends.
public enum Safetensors {
  /// As the official reader has it (MAX_HEADER_SIZE).
  static let headerLimit = 100_000_000
  static let lengthBytes = 8
  static let scalarBytes = MemoryLayout<Float>.size
  static let metadataKey = "__metadata__"

  /// The key under which `encode` records the checksum in the metadata.
  public static let checksumKey = "kiln.checksum"

  /// The file's bytes: a pure function of the arguments. Tensors lie in the order given, metadata in the order of
  /// its keys; the header is padded with spaces to a multiple of 8 bytes, so that the values are aligned.
  ///
  /// The metadata gains `kiln.checksum`: FNV-1a, 64 bits, over every tensor's name, shape and values and the rest
  /// of the metadata.
  /// - Parameter heartbeat: ticks with each tensor.
  /// - Throws: `wrongShape` if a shape does not fit its values, `duplicateName`.
  public static func encode(
    _ tensors: [NamedTensor], metadata: [String: String], _ heartbeat: Heartbeat = Heartbeat()
  ) throws(CheckpointError) -> [UInt8] {
    var metadata = metadata
    metadata[checksumKey] = checksum(tensors, metadata, heartbeat)
    var bytes = try header(tensors, metadata)
    bytes.reserveCapacity(bytes.count + scalarBytes * tensors.reduce(0) { $0 + $1.values.count })
    for tensor in tensors {
      // Both x86-64 and AArch64 are little-endian: memory is the file's order.
      tensor.values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// Everything before the values: a pure function, so that a header of ours that differs in a byte is damaged.
  static func header(_ tensors: [NamedTensor], _ metadata: [String: String]) throws(CheckpointError) -> [UInt8] {
    var members = [HeaderValue.Member(name: metadataKey, value: object(metadata))]
    var names: Set = [metadataKey]
    var offset = 0
    for tensor in tensors {
      guard names.insert(tensor.name).inserted else { throw .duplicateName(tensor.name) }
      guard NamedTensor.count(of: tensor.shape) == tensor.values.count else {
        throw .wrongShape(tensor: tensor.name, shape: tensor.shape)
      }
      let end = offset + tensor.values.count * scalarBytes
      members.append(HeaderValue.Member(name: tensor.name, value: entry(tensor.shape, offset, end)))
      offset = end
    }
    var header = Array(HeaderValue.object(members).json.utf8)
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: -header.count & 7))

    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
  }

  /// The checksum that belongs to this content, as sixteen hexadecimal digits after the name of the function.
  static func checksum(
    _ tensors: [NamedTensor], _ metadata: [String: String], _ heartbeat: Heartbeat = Heartbeat()
  ) -> String {
    var checksum = ContentChecksum()
    for tensor in tensors {
      checksum.begin(tensor.name, shape: tensor.shape)
      checksum.add(tensor.values)
      heartbeat.tick()
    }
    return checksum.text(with: metadata)
  }

  private static func object(_ metadata: [String: String]) -> HeaderValue {
    .object(metadata.sorted { $0.key < $1.key }.map { HeaderValue.Member(name: $0.key, value: .text($0.value)) })
  }

  private static func entry(_ shape: [Int], _ begin: Int, _ end: Int) -> HeaderValue {
    .object([
      HeaderValue.Member(name: "dtype", value: .text("F32")),
      HeaderValue.Member(name: "shape", value: .list(shape.map { .whole($0) })),
      HeaderValue.Member(name: "data_offsets", value: .list([.whole(begin), .whole(end)])),
    ])
  }
}
