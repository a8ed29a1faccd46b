/// The members of a ZIP archive in which nothing is compressed. What its directory says is believed only as far as the bytes
/// bear it out.
///
/// PKWARE, "APPNOTE.TXT: .ZIP File Format Specification", 6.3: sections 4.3.7, 4.3.12 and 4.3.16.
package struct StoredMembers {
  /// Why an archive cannot be read.
  package struct Fault: Error {
    let problem: String
    let cure: String

    init(_ problem: String, cure: String = "write it again with `numpy.savez`") {
      self.problem = problem
      self.cure = cure
    }
  }

  package let members: [(name: String, content: ArraySlice<UInt8>)]

  package init(_ bytes: [UInt8]) throws(Fault) {
    let end = try Self.end(of: bytes)
    let (count, start) = (Self.number(bytes, at: end + 10, 2), Self.number(bytes, at: end + 16, 4))
    guard count < Int(UInt16.max), start < Int(UInt32.max) else {
      throw Fault("the archive is larger than 4 GiB", cure: "save the weights as safetensors")
    }
    guard start + Self.number(bytes, at: end + 12, 4) == end, Self.number(bytes, at: end + 8, 2) == count else {
      throw Fault("the archive's directory is damaged")
    }
    var members: [(name: String, content: ArraySlice<UInt8>)] = []
    var place = start
    for _ in 0..<count {
      guard place + 46 <= end, bytes[place..<place + 4].elementsEqual([0x50, 0x4B, 1, 2]) else {
        throw Fault("the archive's directory is damaged")
      }
      let lengths = [28, 30, 32].map { Self.number(bytes, at: place + $0, 2) }
      guard place + 46 + lengths[0] <= end else { throw Fault("the archive's directory is damaged") }
      let name = String(decoding: bytes[place + 46..<place + 46 + lengths[0]], as: UTF8.self)
      members.append((name, try Self.content(name, bytes, entry: place, before: start)))
      place += 46 + lengths.reduce(0, +)
    }
    self.members = members
  }

  /// - Parameters:
  ///   - entry: where the member stands in the directory.
  ///   - limit: where the directory begins.
  private static func content(
    _ name: String, _ bytes: [UInt8], entry: Int, before limit: Int
  ) throws(Fault) -> ArraySlice<UInt8> {
    guard number(bytes, at: entry + 10, 2) == 0 else {
      throw Fault("\(name) is compressed", cure: "write it with `numpy.savez`, not `savez_compressed`")
    }
    let (size, local) = (number(bytes, at: entry + 24, 4), number(bytes, at: entry + 42, 4))
    guard local + 30 <= limit, bytes[local..<local + 4].elementsEqual([0x50, 0x4B, 3, 4]) else {
      throw Fault("\(name) is not where the archive's directory says")
    }
    // What the member says of itself: NumPy writes its sizes into an extension of the format, whatever they are.
    let length = number(bytes, at: local + 26, 2)
    let start = local + 30 + length + number(bytes, at: local + 28, 2)
    let sizes = [18, 22].map { number(bytes, at: local + $0, 4) }
    guard start <= limit, bytes[local + 30..<local + 30 + length].elementsEqual(name.utf8),
      number(bytes, at: local + 8, 2) == 0, number(bytes, at: local + 14, 4) == number(bytes, at: entry + 16, 4),
      number(bytes, at: entry + 20, 4) == size, sizes.allSatisfy({ $0 == size || $0 == Int(UInt32.max) })
    else { throw Fault("\(name) says other things of itself than the archive's directory") }
    guard start + size <= limit else { throw Fault("\(name) ends behind the archive's end") }
    let content = bytes[start..<start + size]
    guard Int(CRC32.of(content)) == number(bytes, at: entry + 16, 4) else {
      throw Fault("\(name) does not match its checksum")
    }
    return content
  }

  /// Where the end of the directory stands, behind which there may be a comment.
  private static func end(of bytes: [UInt8]) throws(Fault) -> Int {
    let size = 22
    var place = bytes.count - size
    while place >= 0, place >= bytes.count - size - Int(UInt16.max) {
      if bytes[place..<place + 4].elementsEqual([0x50, 0x4B, 5, 6]),
        place + size + number(bytes, at: place + 20, 2) == bytes.count
      {
        return place
      }
      place -= 1
    }
    throw Fault("the archive has no end: it was cut off")
  }

  /// Little-endian.
  private static func number(_ bytes: [UInt8], at place: Int, _ count: Int) -> Int {
    bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}

extension StoredZip {
  static func isArchive(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6])
  }
}
