import DurableFiles
import Foundation
import TemporaryFolder
import Testing

/// Names that Swift's `String` sees otherwise than the kernel does.
struct ByteTextTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func anAccentBehindASlashBelongsToTheName() {
    let path = ByteText("/home/incoming/\u{301}a.yaml")
    #expect(path.parent.utf8.elementsEqual("/home/incoming".utf8))
    #expect(path.lastName.utf8.elementsEqual("\u{301}a.yaml".utf8))
    #expect(ByteText("/\u{301}").hasPrefix("/"))
  }

  @Test(arguments: [("a", ".", "a"), ("/a", "/", "a"), ("a/b", "a", "b"), ("/a/b/c", "/a/b", "c")])
  func aPathIsAParentAndAName(path: String, parent: String, name: String) {
    #expect(ByteText(path).parent == parent)
    #expect(ByteText(path).lastName == name)
  }

  @Test func twoNamesThatLookAlikeAreTwo() {
    let (composed, decomposed) = (ByteText("\u{E9}.yaml"), ByteText("e\u{301}.yaml"))
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect(composed.before(suffix: ".yaml")?.unicodeScalars.count == 1)
    #expect(composed.before(suffix: ".yml") == nil)
  }

  /// The build before made the unfinished file of `/\u{301}x` in a folder that does not exist.
  @Test func whatBeginsWithAnAccentIsPublishedAndMovedLikeAnythingElse() throws {
    for name in ["\u{301}x", "\u{200D}x", "\u{FE0F}"] {
      try publish("1", to: folder(name))
      try publishNew([50], to: folder(name + "2"))
      try move(folder(name), to: folder("moved"))
      try appendLine("3", to: folder(name))
      #expect(folder.text("moved") == "1" && folder.text(name + "2") == "2" && folder.text(name) == "3\n")
      for path in folder.names() { try remove(folder(path)) }
    }
  }

  @Test func exchangingPutsEachInThePlaceOfTheOther() throws {
    try folder.write("1", to: "a")
    try createDirectories(folder("b"))
    try exchange(folder("a"), folder("b"))
    #expect(try facts(at: folder("a"))?.kind == .directory && folder.text("b") == "1")
  }
}

struct DigestTests {
  /// The examples of FIPS 180-4: https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
  @Test(arguments: [
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
  ])
  func isSHA256(text: String, expected: String) {
    #expect(Digest(of: Array(text.utf8)).hexadecimal == expected)
  }
}
