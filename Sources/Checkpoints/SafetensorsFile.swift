import DurableFiles

/// A safetensors file, held open: its index, and the elements of its tensors in pieces, however large they are.
public struct SafetensorsFile: Sendable {
  public let index: SafetensorsIndex
  private let file: ReadableFile

  public var path: String { file.path }
  /// In bytes.
  public var size: Int { file.size }

  /// Reads the header alone.
  /// - Throws: `file` if the file cannot be read, `damaged` if it is not what it should be.
  public init(_ path: String) throws(CheckpointError) {
    let file = try onDisk { () throws(FileError) in try ReadableFile(path) }
    self.file = file
    do throws(CheckpointError) {
      let start = try onDisk { () throws(FileError) in
        try file.bytes(at: 0..<min(Safetensors.lengthBytes, file.size))
      }
      let place = try SafetensorsIndex.placeOfHeader(start[...], fileBytes: file.size)
      let header = try onDisk { () throws(FileError) in try file.bytes(at: place) }
      guard header.count == place.count else {
        throw .truncated(bytes: place.lowerBound + header.count, needed: place.upperBound)
      }
      index = try SafetensorsIndex(header: header[...], fileBytes: file.size)
    } catch {
      if case .file = error { throw error }
      throw .damaged(path: path, error)
    }
  }

  /// Of a piece; a multiple of every element's size, of three bytes too (four elements of F6).
  static let pieceBytes = 3 << 20

  /// Gives the bytes of a tensor to `body`, in order, in pieces of whole elements; nothing for a tensor without elements.
  public func read(
    _ tensor: SafetensorsIndex.Tensor, _ body: ([UInt8]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    for start in stride(from: tensor.bytes.lowerBound, to: tensor.bytes.upperBound, by: Self.pieceBytes) {
      try body(try bytes(at: start..<min(start + Self.pieceBytes, tensor.bytes.upperBound)))
    }
  }

  /// The bytes of some elements of a tensor, counted in row-major order; of a type whose elements fill whole bytes.
  public func bytes(
    of tensor: SafetensorsIndex.Tensor, _ type: ElementType, elements: Range<Int>
  ) throws(CheckpointError) -> [UInt8] {
    let start = tensor.bytes.lowerBound
    return try bytes(at: start + elements.lowerBound * type.bits / 8..<start + elements.upperBound * type.bits / 8)
  }

  /// The bytes of a whole tensor, which must fit into memory.
  /// - Throws: `file` with ENOMEM if they do not.
  public func bytes(of tensor: SafetensorsIndex.Tensor) throws(CheckpointError) -> [UInt8] {
    try bytes(at: tensor.bytes)
  }

  func bytes(at place: Range<Int>) throws(CheckpointError) -> [UInt8] {
    let bytes = try onDisk { () throws(FileError) in try file.bytes(at: place) }
    guard bytes.count == place.count else {
      throw .damaged(path: path, .truncated(bytes: place.lowerBound + bytes.count, needed: place.upperBound))
    }
    return bytes
  }
}
