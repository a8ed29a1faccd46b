/// The number of `tiff:Orientation` in an XMP packet, written as an attribute or as an element; nil if there is none. No
/// more than the first megabyte is looked at. (Pillow reads it in the same way, by a pattern.)
func orientationNumber(inXMP packet: ArraySlice<UInt8>) -> Int? {
  var rest = packet.prefix(1 << 20)
  while let start = rest.firstIndex(of: orientationName[0]) {
    rest = rest[start...]
    guard rest.starts(with: orientationName) else {
      rest = rest.dropFirst()
      continue
    }
    rest = rest.dropFirst(orientationName.count)
    if let number = number(behindName: rest) { return number }
  }
  return nil
}

private let orientationName = Array("tiff:Orientation".utf8)

/// A digit alone, behind `="` or `>`.
private func number(behindName rest: ArraySlice<UInt8>) -> Int? {
  var rest = withoutSpace(rest)
  if rest.first == UInt8(ascii: "=") {
    rest = withoutSpace(rest.dropFirst())
    guard let quote = rest.first, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(quote) else { return nil }
  } else if rest.first != UInt8(ascii: ">") {
    return nil
  }
  rest = withoutSpace(rest.dropFirst())
  guard let digit = rest.first, isDigit(digit), !(rest.dropFirst().first.map(isDigit) ?? false) else { return nil }
  return Int(digit) - 0x30
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

private func withoutSpace(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  bytes.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
}
