import DurableFiles

extension Dataset {
  /// FNV-1a 64 over the classes and, part by part, each example's name, target and weight: 16 hexadecimal digits.
  ///
  /// The fingerprint depends on what is trained on, and not on where the data lie. The images' contents do not enter
  /// it, because reading them all would cost as much as decoding them.
  public var fingerprint: String {
    var checksum = Checksum()
    func add(_ text: String) {
      // Lengths keep "ab", "c" apart from "a", "bc".
      add(UInt64(text.utf8.count))
      checksum.update(Array(text.utf8))
    }
    func add(_ number: UInt64) {
      checksum.update((0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
    }
    add(UInt64(classes.count))
    classes.forEach { add($0) }
    for part in [training, validation, test] {
      add(UInt64(part.count))
      for example in part {
        add(example.name)
        add(UInt64(example.target.bitPattern) << 32 | UInt64(example.weight.bitPattern))
      }
    }
    return checksum.hexadecimal
  }
}
