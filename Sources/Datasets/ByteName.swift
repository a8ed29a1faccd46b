/// A name or a path as the bytes that it is: equal to another only if every byte is.
///
/// Swift's `String` takes "é" in one scalar and "e" with a combining accent for equal, and for one key of a dictionary.
/// To a file system they are two names.
struct ByteName: Sendable, Hashable, Comparable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ByteName, right: ByteName) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  /// The order of bytes, which no locale and no Unicode table changes.
  static func < (left: ByteName, right: ByteName) -> Bool { precedesBytewise(left.text, right.text) }

  func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }

  /// Whether the two look alike to a reader, and yet are two names.
  func differsInNormalizationOnly(from other: ByteName) -> Bool { text == other.text && self != other }

  /// With every scalar beyond ASCII as its number, so that names which look alike can be told apart.
  var spelledOut: String {
    text.unicodeScalars.map { $0.isASCII ? String($0) : "\\u{\(String($0.value, radix: 16))}" }.joined()
  }
}

/// The order of bytes, which no locale and no Unicode table changes.
func precedesBytewise(_ left: String, _ right: String) -> Bool {
  left.utf8.lexicographicallyPrecedes(right.utf8)
}

extension String {
  /// The names between the slashes, empty ones left out. A slash is a byte: as a `Character`, one with a combining mark
  /// behind it is another.
  var pathNames: [String] {
    utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
  }

  var isAbsolutePath: Bool { utf8.first == UInt8(ascii: "/") }
}
