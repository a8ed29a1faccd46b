import Interchange
import Testing

@Suite struct StoredZipTests {
  /// The check value of the catalogue of parametrised CRC algorithms, of `zlib.crc32(b"123456789")` too.
  @Test func checksum() {
    #expect(CRC32.of(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(CRC32.of([UInt8]()) == 0)
  }

  @Test func membersComeBack() throws {
    var archive = StoredZip()
    archive.add("a", [])
    archive.add("b/ü.npy", [1, 2, 3])
    let bytes = try #require(archive.finished(comment: "PK\u{5}\u{6} is no end"))
    let members = try StoredMembers(bytes).members
    #expect(members.map(\.name) == ["a", "b/ü.npy"])
    #expect(members.map { Array($0.content) } == [[], [1, 2, 3]])
  }
}
