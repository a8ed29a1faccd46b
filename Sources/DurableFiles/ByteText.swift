/// Text that is equal to another only if every byte is: a path, one name of it, or a word that decides like one.
///
/// To the kernel a path is bytes, and two names are the same only if their bytes are. Swift's `String` compares what a
/// reader sees: `é` as one code point equals `e` with an accent behind it, and a slash with an accent behind it is no
/// slash. Whatever looks at names (equality, order, a key of a dictionary, an ending) does it through this type.
public struct ByteText: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let text: String

  public init(_ text: String) {
    self.text = text
  }

  public var description: String { text }

  public static func == (a: ByteText, b: ByteText) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  /// The order of bytes, which no locale and no Unicode table changes.
  public static func < (a: ByteText, b: ByteText) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }

  public func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }

  public func hasPrefix(_ prefix: String) -> Bool { text.utf8.starts(with: prefix.utf8) }
  public func hasSuffix(_ suffix: String) -> Bool { text.utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }

  /// What stands before an ending; nil if the text does not end so.
  public func before(suffix: String) -> String? {
    hasSuffix(suffix) ? String(Substring(text.utf8.dropLast(suffix.utf8.count))) : nil
  }

  /// What stands behind a beginning; nil if the text does not begin so.
  public func after(prefix: String) -> String? {
    hasPrefix(prefix) ? String(Substring(text.utf8.dropFirst(prefix.utf8.count))) : nil
  }
}

/// As a path. A slash is a byte: as a `Character`, one with a combining mark behind it is another.
extension ByteText {
  public var isAbsolutePath: Bool { text.utf8.first == UInt8(ascii: "/") }

  /// The directory that holds the path: `.` for a bare name.
  public var parent: String {
    guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == text.startIndex ? "/" : String(text[..<slash])
  }

  /// What stands behind the last slash.
  public var lastName: String {
    guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return text }
    return String(text[text.utf8.index(after: slash)...])
  }

  /// The names between the slashes, empty ones left out.
  public var names: [String] {
    text.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
  }
}

/// For telling apart what looks alike.
extension ByteText {
  /// Whether the two look alike to a reader, and yet are two texts.
  public func differsInNormalizationOnly(from other: ByteText) -> Bool { text == other.text && self != other }

  /// With every scalar beyond ASCII as its number.
  public var spelledOut: String {
    text.unicodeScalars.map { $0.isASCII ? String($0) : "\\u{\(String($0.value, radix: 16))}" }.joined()
  }
}
