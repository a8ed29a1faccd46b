import DurableFiles

/// The checksum that Kiln records in a file of its own, made piece by piece: FNV-1a, 64 bits, over every tensor's name, shape
/// and values, and the rest of the metadata in the order of its keys.
struct ContentChecksum {
  private var checksum = Checksum()

  mutating func begin(_ name: String, shape: [Int]) {
    add(name)
    add(shape.count)
    for dimension in shape { add(dimension) }
  }

  /// The next bytes of the tensor's values.
  mutating func add(_ bytes: [UInt8]) { checksum.update(bytes) }

  mutating func add(_ values: [Float]) { values.withUnsafeBytes { checksum.update($0) } }

  /// Sixteen hexadecimal digits after the name of the function.
  func text(with metadata: [String: String]) -> String {
    var whole = self
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where key != Safetensors.checksumKey {
      whole.add(key)
      whole.add(value)
    }
    return "fnv1a64:" + whole.checksum.hexadecimal
  }

  private mutating func add(_ number: Int) {
    withUnsafeBytes(of: number.littleEndian) { checksum.update($0) }
  }

  private mutating func add(_ text: String) {
    add(text.utf8.count)
    checksum.update(Array(text.utf8))
  }
}
