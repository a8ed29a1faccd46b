/// Reads one `HeaderValue` from bytes that nobody vouches for: bounded in depth, and complete or refused.
struct HeaderParser {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  /// The value that fills `bytes`; spaces may follow it, nothing else.
  ///
  /// - Throws: `malformedHeader` with the byte where the first fault lies, `duplicateName`.
  static func parse(_ bytes: ArraySlice<UInt8>) throws(CheckpointError) -> HeaderValue {
    var parser = HeaderParser(bytes: bytes, position: bytes.startIndex)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.endIndex else { throw parser.fault("the end of the header") }
    return value
  }

  private static let depthLimit = 4

  private mutating func value(depth: Int) throws(CheckpointError) -> HeaderValue {
    guard depth <= Self.depthLimit else { throw fault("fewer levels of nesting") }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return .object(try members(depth: depth + 1))
    case UInt8(ascii: "["): return .list(try elements(depth: depth + 1))
    case UInt8(ascii: "\""): return .text(try text())
    default: return .whole(try whole())
    }
  }

  private mutating func members(depth: Int) throws(CheckpointError) -> [HeaderValue.Member] {
    var members: [HeaderValue.Member] = []
    var names: Set<String> = []
    position += 1
    if take("}") { return members }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw fault("a name in quotes") }
      let name = try text()
      guard names.insert(name).inserted else { throw .duplicateName(name) }
      try require(":")
      members.append(HeaderValue.Member(name: name, value: try value(depth: depth)))
    } while take(",")
    try require("}")
    return members
  }

  private mutating func elements(depth: Int) throws(CheckpointError) -> [HeaderValue] {
    var elements: [HeaderValue] = []
    position += 1
    if take("]") { return elements }
    repeat {
      elements.append(try value(depth: depth))
    } while take(",")
    try require("]")
    return elements
  }

  private mutating func whole() throws(CheckpointError) -> Int {
    let start = position
    var number = 0
    while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
      let (tens, tooLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard !tooLarge, !overflow else { throw fault("a number below 2^63") }
      number = sum
      position += 1
    }
    guard position > start else { throw fault("text, a whole number, [ or {") }
    return number
  }

  private mutating func text() throws(CheckpointError) -> String {
    var units: [UInt8] = []
    let start = position
    position += 1
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw fault("an escaped control character") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        units.append(contentsOf: Array(String(try escaped()).utf8))
      } else {
        units.append(byte)
      }
    }
    try require("\"")
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

extension HeaderParser {
  private var peek: UInt8? {
    position < bytes.endIndex ? bytes[position] : nil
  }

  private mutating func skipSpace() {
    while let byte = peek, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func require(_ character: Unicode.Scalar, skippingSpace: Bool = true) throws(CheckpointError) {
    if skippingSpace { skipSpace() }
    guard peek == UInt8(ascii: character) else { throw fault("\(character)") }
    position += 1
  }

  private func fault(_ expected: String) -> CheckpointError {
    .malformedHeader(byte: position - bytes.startIndex, expected: expected)
  }
}
