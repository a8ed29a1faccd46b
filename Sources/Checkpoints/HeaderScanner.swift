/// Reads the tokens of JSON from bytes that nobody vouches for.
///
/// Our own, because a header needs what Foundation's parser cannot give: duplicate names are seen, numbers are whole and
/// written in one way, and nothing is built but what a header may have.
struct HeaderScanner {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var isAtEnd: Bool { position == bytes.endIndex }

  var peek: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func require(_ character: Unicode.Scalar, skippingSpace: Bool = true) throws(CheckpointError) {
    if skippingSpace { skipSpace() }
    guard peek == UInt8(ascii: character) else { throw fault("\(character)") }
    position += 1
  }

  func fault(_ expected: String) -> CheckpointError {
    .malformedHeader(byte: position - bytes.startIndex, expected: expected)
  }

  /// A whole number below 2^63 as JSON writes it: without sign, fraction, exponent and leading zeros.
  mutating func whole() throws(CheckpointError) -> Int {
    skipSpace()
    let start = position
    var number = 0
    while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
      let (tens, tooLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard !tooLarge, !overflow else { throw fault("a number below 2^63") }
      guard position == start || number > 0 else { throw fault("a number without leading zeros") }
      number = sum
      position += 1
    }
    guard position > start else { throw fault("a whole number") }
    return number
  }

  /// Text in quotes, without them.
  /// - Parameter what: it is, for the error if there is none.
  mutating func text(_ what: String) throws(CheckpointError) -> String {
    skipSpace()
    let start = position
    guard peek == UInt8(ascii: "\"") else { throw fault(what) }
    position += 1
    var units: [UInt8] = []
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw fault("an escaped control character") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        units.append(contentsOf: Array(String(try escaped()).utf8))
      } else {
        units.append(byte)
      }
    }
    try require("\"", skippingSpace: false)
    guard let text = String(validating: units, as: UTF8.self) else {
      position = start
      throw fault("text in UTF-8")
    }
    return text
  }

  /// The character that the escape after a backslash stands for.
  private mutating func escaped() throws(CheckpointError) -> Unicode.Scalar {
    let byte = peek
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default:
      position -= 1
      throw fault("one of \" \\ / b f n r t u after a backslash")
    }
  }

  /// Four hexadecimal digits, or two such escapes that form a surrogate pair.
  private mutating func unicodeEscape() throws(CheckpointError) -> Unicode.Scalar {
    let first = try hexadecimal()
    guard 0xD800..<0xDC00 ~= first else {
      guard let scalar = Unicode.Scalar(first) else { throw fault("the first half of a surrogate pair") }
      return scalar
    }
    try require("\\", skippingSpace: false)
    try require("u", skippingSpace: false)
    let second = try hexadecimal()
    guard 0xDC00..<0xE000 ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw fault("the second half of a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(CheckpointError) -> UInt32 {
    var number: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("four hexadecimal digits")
      }
      number = number << 4 + UInt32(digit)
      position += 1
    }
    return number
  }
}
