import DurableFiles

/// Reads values separated by commas (RFC 4180) or by tabs, record by record: quotes, doubled quotes, line breaks inside
/// quotes, LF or CRLF, a byte order mark. Blank lines are passed over; spaces around an unquoted field do not belong to
/// it, nor do tabs that separate nothing.
struct SeparatedValues {
  struct Field: Equatable {
    var text: String
    /// Where the field begins in the source.
    var offset: Int
  }

  private enum Byte {
    static let quote = UInt8(ascii: "\"")
    static let comma = UInt8(ascii: ",")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
  }

  private let source: SourceText
  private var position: Int
  /// A comma or a tab.
  private let separator: UInt8

  /// Tabs separate the values of a file that is called .tsv or .tab, and of one whose first line has a tab and no comma.
  init(_ source: SourceText) {
    self.source = source
    position = source.start
    let name = ByteText(source.file.lowercased())
    let header = source.bytes[position...].prefix { $0 != Byte.lineFeed }
    let isTabbed = header.contains(Byte.tab) && !header.contains(Byte.comma)
    separator = isTabbed || name.hasSuffix(".tsv") || name.hasSuffix(".tab") ? Byte.tab : Byte.comma
  }

  /// The next record, or nil at the end.
  mutating func next() throws(DatasetError) -> [Field]? {
    while position < source.bytes.count, try takeLineEnd() {}
    guard position < source.bytes.count else { return nil }
    var fields = [try field()]
    while position < source.bytes.count, try !takeLineEnd() {
      position += 1  // the separator that ended the field
      fields.append(try field())
    }
    return fields
  }

  /// Passes a line end, if there is one here.
  private mutating func takeLineEnd() throws(DatasetError) -> Bool {
    switch source.bytes[position] {
    case Byte.lineFeed:
      position += 1
      return true
    case Byte.carriageReturn:
      guard position + 1 < source.bytes.count, source.bytes[position + 1] == Byte.lineFeed else {
        throw source.error(at: position, "a lone carriage return", cure: "end lines with LF or CRLF")
      }
      position += 2
      return true
    default:
      return false
    }
  }

  private mutating func field() throws(DatasetError) -> Field {
    skipBlanks()
    let isQuoted = position < source.bytes.count && source.bytes[position] == Byte.quote
    return isQuoted ? try quotedField() : try plainField()
  }

  private mutating func plainField() throws(DatasetError) -> Field {
    let start = position
    while position < source.bytes.count, !endsField(source.bytes[position]) {
      if source.bytes[position] == Byte.quote {
        throw source.error(
          at: position, "a quote inside an unquoted field", cure: "quote the whole field and double the quotes in it")
      }
      position += 1
    }
    var end = position
    while end > start, isBlank(source.bytes[end - 1]) { end -= 1 }
    return Field(text: try text(source.bytes[start..<end], at: start), offset: start)
  }

  private mutating func quotedField() throws(DatasetError) -> Field {
    let start = position
    var content: [UInt8] = []
    position += 1
    while position < source.bytes.count {
      let byte = source.bytes[position]
      position += 1
      guard byte == Byte.quote else {
        content.append(byte)
        continue
      }
      if position < source.bytes.count, source.bytes[position] == Byte.quote {
        content.append(Byte.quote)
        position += 1
        continue
      }
      skipBlanks()
      guard position == source.bytes.count || endsField(source.bytes[position]) else {
        throw source.error(at: position, "text after a closing quote", cure: "double a quote that belongs to the field")
      }
      return Field(text: try text(content[...], at: start), offset: start)
    }
    throw source.error(at: start, "a quote that is never closed", cure: "close it before the end of the field")
  }

  private func text(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(DatasetError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw source.error(at: offset, "not UTF-8 text", cure: "save the file as UTF-8")
    }
    return text
  }

  private mutating func skipBlanks() {
    while position < source.bytes.count, isBlank(source.bytes[position]) { position += 1 }
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == Byte.space || byte == Byte.tab && separator != Byte.tab }

  private func endsField(_ byte: UInt8) -> Bool {
    byte == separator || byte == Byte.lineFeed || byte == Byte.carriageReturn
  }
}

/// Writing of values separated by tabs, so that `SeparatedValues` and spreadsheets read them back.
enum TabSeparated {
  static func line(_ fields: [String]) -> String { fields.map(field).joined(separator: "\t") + "\n" }

  private static func field(_ text: String) -> String {
    let needsQuotes =
      text.utf8.contains { $0 < UInt8(ascii: " ") || $0 == UInt8(ascii: "\"") } || text.utf8.first == UInt8(ascii: " ")
      || text.utf8.last == UInt8(ascii: " ")
    guard needsQuotes else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      quoted.unicodeScalars.append(scalar)
      if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
    }
    return quoted + "\""
  }
}
