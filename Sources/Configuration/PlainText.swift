extension Source {
  /// Throws at the first character that YAML does not allow, as NUL or a terminal's escape.
  func refuseControlCharacters(in text: String) throws(ConfigurationError) {
    var line = 1
    var column = 1
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      if scalar.isForbidden {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let code = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        throw place(line: line, column: column)
          .error("the control character U+\(code) cannot stand in a document")
      }
      if scalar == "\n", previous == "\r" {
        column = 1
      } else if scalar.isLineBreak {
        (line, column) = (line + 1, 1)
      } else {
        column += 1
      }
      previous = scalar
    }
  }
}

extension Unicode.Scalar {
  /// The characters that YAML 1.2's production 1, c-printable, leaves out; and the byte order mark, which may stand at
  /// the start alone.
  fileprivate var isForbidden: Bool {
    switch value {
    case 0x09, 0x0A, 0x0D, 0x85: false
    case 0..<0x20, 0x7F..<0xA0, 0xFEFF, 0xFFFE, 0xFFFF: true
    default: false
    }
  }

  fileprivate var isLineBreak: Bool {
    switch value {
    case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }
}

extension [UInt8] {
  /// The line, counted from 1, of the first bytes that are not UTF-8.
  var lineOfInvalidText: Int {
    var bytes = makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    var line = 1
    while case .valid(let scalar) = parser.parseScalar(from: &bytes) {
      if scalar.first == UInt8(ascii: "\n") { line += 1 }
    }
    return line
  }
}
