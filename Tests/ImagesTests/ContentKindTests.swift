import Foundation
import Images
import TemporaryFolder
import Testing

/// Files that are neither PNG nor JPEG, which the messages name.
@Suite struct ContentKindTests {
  /// Written by `generate.py` with the programs and libraries of these formats.
  @Test(arguments: [
    ("webp", "a WebP image"), ("gif", "a GIF image"), ("bmp", "a BMP image"), ("tiff", "a TIFF image"),
    ("avif", "an AVIF image"), ("jp2", "a JPEG 2000 image"), ("j2k", "a JPEG 2000 image"), ("ico", "an icon image"),
    ("ppm", "a Netpbm image"), ("pdf", "a PDF"), ("eps", "a PostScript file"), ("npy", "a NumPy array"),
    ("gz", "a gzip archive"), ("bz2", "a bzip2 archive"), ("xz", "a xz archive"), ("zip", "a zip archive"),
    ("tar", "a tar archive"), ("dds", nil), ("png", "a PNG image"), ("jpg", "a JPEG image"),
  ])
  func namesWhatLibrariesWrite(_ ending: String, _ name: String?) throws {
    let bytes = try Gallery.bytes("other/sample.\(ending)")
    #expect(ContentKind(of: bytes)?.name == name)
    #expect(ContentKind(of: bytes.prefix(ContentKind.lookedAt)) == ContentKind(of: bytes))
  }

  @Test(arguments: [
    ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "a Git LFS pointer"),
    ("/annex/objects/SHA256E-s31390--f50d.jpg\n", "a git-annex pointer"),
    ("../../.git/annex/objects/Gz/4f/SHA256E-s3--ab.jpg/SHA256E-s3--ab.jpg", "a git-annex link that was saved as text"),
    ("<!DOCTYPE html>\n<html><head><title>404</title>", "an HTML page, such as a server sends in place of a file"),
    ("\n\n  <HTML>\n<BODY>", "an HTML page, such as a server sends in place of a file"),
    ("\u{FEFF}<?xml version=\"1.0\"?><!DOCTYPE html><html>", "an HTML page, such as a server sends in place of a file"),
    ("<?xml version=\"1.0\"?>\n<svg width=\"3\">", "an SVG drawing"),
    ("<svg xmlns=\"http://www.w3.org/2000/svg\">", "an SVG drawing"),
    ("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>", "XML, such as a server sends in place of a file"),
    ("{\"message\": \"Not Found\"}", "JSON, such as a server sends in place of a file"),
    ("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\u{89}PNG", "a server's answer with its headers"),
    ("data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==", "an image written as text (Base64)"),
    ("path,label\na.png,1\n", "plain text"),
    ("größe \u{1F600}", "plain text"),
  ])
  func namesText(_ text: String, _ name: String) throws {
    let kind = try #require(ContentKind(of: Array(text.utf8)))
    #expect(kind.name == name)
    let error = imageError { () throws(ImageError) in try decodeImage(Array(text.utf8)) }
    #expect(error == .otherKind(kind))
    #expect(error?.description == "is \(name); \(kind.cure)")
  }

  /// A sample ends anywhere, also within a character.
  @Test func knowsTextWhoseLastCharacterIsCut() {
    for text in ["aä", "a€", "a\u{1F600}"] {
      for cut in 0..<text.utf8.count - 1 {
        #expect(ContentKind(of: text.utf8.dropLast(cut).map { $0 })?.name == "plain text", "\(text) without \(cut)")
      }
    }
    #expect(ContentKind(of: [0x61, 0xE4, 0x62, 0x63, 0x64, 0x65]) == nil, "Latin-1 may be anything")
  }

  /// What a copy that was interrupted leaves on many file systems: the size of the file, and none of its bytes.
  @Test func namesZerosOnlyWhereThereIsNothingElse() throws {
    let zeros = [UInt8](repeating: 0, count: 5000)
    let kind = try #require(ContentKind(of: zeros))
    #expect(kind.name == "nothing but zero bytes: the copy was interrupted")
    for place in [0, 1023, 1024, 4999] {
      var other = zeros
      other[place] = 0x99
      #expect(ContentKind(of: other) == nil)
    }
    #expect(ContentKind(of: [UInt8]()) == nil)
    #expect(imageError { () throws(ImageError) in try decodeImage([]) }?.name == "truncated")
  }

  @Test func knowsWhatOperatingSystemsLeaveAround() {
    let double: [UInt8] = [0, 5, 0x16, 7, 0, 2, 0, 0] + Array("Mac OS X        ".utf8)
    #expect(ContentKind(of: double)?.plural == "AppleDouble files of macOS")
    #expect(
      ContentKind(of: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1])?.plural == "Office documents and Thumbs.db")
  }

  /// The table judges nothing that a decoder takes: every image that is decoded is one of the two kinds.
  @Test func agreesWithTheDecoders() throws {
    for expected in Gallery.expected where expected.error == nil {
      let kind = ContentKind(of: try Gallery.bytes(expected.file))
      #expect(["a PNG image", "a JPEG image"].contains(kind?.name), "\(expected.file)")
    }
  }

  @Test func neverFailsOnAnyBytes() {
    var dice = Dice(state: 5)
    for length in 0..<600 {
      let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &dice) }
      if let kind = ContentKind(of: noise) { #expect(!kind.name.isEmpty && !kind.cure.isEmpty) }
    }
  }

  @Test(arguments: [
    ("a.png", true), ("a.PNG", true), ("a.b.JpEg", true), ("ä.jfif", true), ("x.jpe", true), (".png", false),
    ("png", false), ("a.png ", false), ("a.png.txt", false), ("a.webp", false), ("", false), ("a.jp\u{E9}", false),
  ])
  func knowsNamesOfImages(_ name: String, _ isImage: Bool) {
    #expect(isImageName(name) == isImage)
  }
}
