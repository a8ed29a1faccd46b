import Foundation
import TemporaryFolder
import Testing

/// `kiln bench decode`.
@Suite struct BenchDecodeTests {
  @Test func countsImagesAtAnyDepthAndThoseThatAreNone() throws {
    let folder = try TemporaryFolder()
    for (name, bytes) in [
      ("a/1.png", blackPNG(width: 9, height: 9)), ("a/b/2.PNG", blackPNG(width: 9, height: 9)),
      ("a/3.jpg", Array("no image".utf8)), ("a/.hidden.png", blackPNG(width: 9, height: 9)), ("a/text.txt", [65]),
    ] {
      let url = URL(fileURLWithPath: folder(name))
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: url)
    }
    // A link to the folder itself would never end.
    try FileManager.default.createSymbolicLink(atPath: folder("a/round"), withDestinationPath: folder("a"))
    let answer = kiln("bench", "decode", folder("a"), "--rounds", "1", "--json")
    #expect(answer.status == 0)
    let object = try #require(answer.object)
    #expect(object["images"] as? Int == 3 && object["unusable"] as? Int == 1)
    #expect(try #require(object["imagesPerSecond"] as? Double) > 0)
  }

  @Test func saysWhatIsMissing() throws {
    let folder = try TemporaryFolder()
    #expect(kiln("bench", "decode", folder("nothing")).status == 66)
    let empty = kiln("bench", "decode", folder.path)
    #expect(empty.status == 65 && empty.errors.contains("there is no image in"))
  }
}
