/// The bytes of a text file. Readers keep byte offsets; line and column are computed for errors alone.
final class SourceText: Sendable {
  let file: String
  let bytes: [UInt8]

  init(file: String, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
  }

  /// Where the text begins: after a byte order mark, which is no part of line 1.
  var start: Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

  /// Line and column of an offset, from 1; a column is a Unicode scalar.
  func location(of offset: Int) -> (line: Int, column: Int) {
    var location = (line: 1, column: 1)
    for byte in bytes[start..<max(start, min(offset, bytes.count))] {
      if byte == UInt8(ascii: "\n") {
        location = (location.line + 1, 1)
      } else if byte & 0xC0 != 0x80 {
        location.column += 1
      }
    }
    return location
  }

  func error(at offset: Int, _ problem: String, cure: String) -> DatasetError {
    let place = location(of: offset)
    return .table(file: file, line: place.line, column: place.column, problem: problem, cure: cure)
  }
}
