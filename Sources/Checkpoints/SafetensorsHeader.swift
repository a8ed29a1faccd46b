import DurableFiles

/// What the header of a safetensors file says: well-formed, and not yet believed.
///
/// It is read straight into these values, so that it takes memory in proportion to the bytes that are there, and that nothing
/// in it can be deeper than a shape in an entry.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let type: String
    let shape: [Int]
    /// From the end of the header on.
    let begin: Int
    let end: Int
  }

  private(set) var entries: [Entry] = []
  private(set) var metadata: [SafetensorsIndex.Metadata] = []

  /// - Throws: `malformedHeader` with the byte where the first fault lies, `malformedEntry`, `duplicateName`.
  init(_ bytes: ArraySlice<UInt8>) throws(CheckpointError) {
    var scanner = HeaderScanner(bytes)
    var names = Set<ByteText>()
    // Not even a space may come first: so the format tells its files from others.
    try scanner.require("{", skippingSpace: false)
    if !scanner.take("}") {
      repeat {
        let name = try scanner.text("a name in quotes")
        guard names.insert(ByteText(name)).inserted else { throw .duplicateName(name) }
        try scanner.require(":")
        if ByteText(name) == ByteText(Safetensors.metadataKey) {
          metadata = try Self.metadata(&scanner)
        } else {
          entries.append(try Self.entry(name, &scanner))
        }
      } while scanner.take(",")
      try scanner.require("}")
    }
    scanner.skipSpace()
    guard scanner.isAtEnd else { throw scanner.fault("the end of the header") }
  }

  private static func metadata(_ scanner: inout HeaderScanner) throws(CheckpointError) -> [SafetensorsIndex.Metadata] {
    guard scanner.take("{") else {
      throw .malformedEntry(name: Safetensors.metadataKey, expected: "an object of text by key")
    }
    var metadata: [SafetensorsIndex.Metadata] = []
    var keys = Set<ByteText>()
    if scanner.take("}") { return metadata }
    repeat {
      let key = try scanner.text("a name in quotes")
      guard keys.insert(ByteText(key)).inserted else { throw .duplicateName(key) }
      try scanner.require(":")
      scanner.skipSpace()
      guard scanner.peek == UInt8(ascii: "\"") else {
        throw .malformedEntry(name: Safetensors.metadataKey, expected: "text under \"\(key)\"")
      }
      metadata.append(SafetensorsIndex.Metadata(key: key, value: try scanner.text("text")))
    } while scanner.take(",")
    try scanner.require("}")
    return metadata
  }

  private static func entry(_ name: String, _ scanner: inout HeaderScanner) throws(CheckpointError) -> Entry {
    let members = "dtype, shape and two data_offsets"
    guard scanner.take("{") else { throw .malformedEntry(name: name, expected: members) }
    var type: String?
    var (shape, offsets): ([Int]?, [Int]?)
    repeat {
      let key = try scanner.text("a name in quotes")
      try scanner.require(":")
      let isNew: Bool
      switch key {
      case "dtype": (isNew, type) = (type == nil, try scanner.text("an element type in quotes"))
      case "shape": (isNew, shape) = (shape == nil, try wholes(&scanner, of: name))
      case "data_offsets": (isNew, offsets) = (offsets == nil, try wholes(&scanner, of: name))
      default: throw .malformedEntry(name: name, expected: "dtype, shape and data_offsets, not \"\(key)\"")
      }
      guard isNew else { throw .malformedEntry(name: name, expected: "its \"\(key)\" once") }
    } while scanner.take(",")
    try scanner.require("}")
    guard let type, let shape, let offsets, offsets.count == 2 else {
      throw .malformedEntry(name: name, expected: members)
    }
    guard isTypeName(type) else {
      throw .malformedEntry(name: name, expected: "an element type such as F32, not \"\(type.prefix(40))\"")
    }
    return Entry(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
  }

  /// The arrays of NumPy and the tensors of PyTorch have 64. Without a limit a shape would take eight bytes of memory for
  /// each two of the file.
  private static let mostDimensions = 256

  private static func wholes(_ scanner: inout HeaderScanner, of name: String) throws(CheckpointError) -> [Int] {
    try scanner.require("[")
    var numbers: [Int] = []
    if scanner.take("]") { return numbers }
    repeat {
      guard numbers.count < mostDimensions else {
        throw .malformedEntry(name: name, expected: "\(mostDimensions) dimensions at most")
      }
      numbers.append(try scanner.whole())
    } while scanner.take(",")
    try scanner.require("]")
    return numbers
  }

  /// Whether a type that this version does not know may be one of a later version of the format: a capital letter, and then
  /// capitals, digits and underscores, as all have them.
  private static func isTypeName(_ text: String) -> Bool {
    guard let first = text.utf8.first, isCapital(first), text.utf8.count <= 32 else { return false }
    return text.utf8.allSatisfy {
      isCapital($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
    }
  }

  private static func isCapital(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
}
