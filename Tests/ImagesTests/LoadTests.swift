import Foundation
import Images
import TemporaryFolder
import Testing

/// A local socket that stands at a path.
private final class Socket {
  private let number: Int32

  init(_ path: String) throws {
    number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try #require(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let status = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(number, address, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(status == 0)
  }

  deinit { close(number) }
}

@Suite struct LoadTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func error(_ path: String, limits: DecodeLimits = .standard) -> ImageError? {
    imageError { () throws(ImageError) in try loadPlanes(path: path, limits: limits) }
  }

  @Test func tellsMissingFilesFromUnreadableOnes() throws {
    #expect(error(folder("nothing.png")) == .missing)
    try folder.write("text", to: "file")
    #expect(error(folder("file/below.png")) == .missing)
    try FileManager.default.createSymbolicLink(atPath: folder("loop"), withDestinationPath: folder("loop"))
    #expect(error(folder("loop"))?.name == "unreadable")
    #expect(error(folder.path) == .unreadable(reason: "not a regular file"))
    #expect(error("/dev/zero") == .unreadable(reason: "not a regular file"))
    // A socket cannot even be opened.
    let socket = try Socket(folder("socket.png"))
    #expect(error(folder("socket.png")) == .unreadable(reason: "not a regular file"))
    withExtendedLifetime(socket) {}
  }

  @Test(.enabled(if: geteuid() != 0, "root reads everything"))
  func namesWhatForbidsReading() throws {
    try folder.write("text", to: "secret.png")
    chmod(folder("secret.png"), 0)
    #expect(
      error(folder("secret.png")) == .failed(.system(operation: "open", path: folder("secret.png"), code: EACCES)),
      "who may not read it knows nothing about the image")
  }

  /// Nobody writes to the pipe: opening it to read would wait for ever.
  @Test func refusesAPipeWithoutWaiting() {
    #expect(mkfifo(folder("pipe.png"), 0o600) == 0)
    #expect(error(folder("pipe.png")) == .unreadable(reason: "not a regular file"))
  }

  @Test func readsNoMoreThanTheLimit() throws {
    let path = Gallery.path("png/plain.png")
    let count = try Gallery.bytes("png/plain.png").count
    #expect(error(path, limits: DecodeLimits(fileBytes: count)) == nil)
    #expect(
      error(path, limits: DecodeLimits(fileBytes: count - 1)) == .tooLarge(reason: "more than \(count - 1) bytes"))
  }

  @Test func refusesAHugeImageInATinyFile() throws {
    let path = Gallery.path("png/huge.png")
    #expect(try Gallery.bytes("png/huge.png").count < 200)
    #expect(error(path)?.name == "tooLarge")
  }

  @Test func followsALink() throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder("link.png"), withDestinationPath: Gallery.path("png/plain.png"))
    #expect(try loadPlanes(path: folder("link.png")) == loadPlanes(path: Gallery.path("png/plain.png")))
  }

  @Test func keepsAnImageOfTheRightSizeAsItIs() throws {
    let image = try decodeImage(Gallery.bytes("sizes/256x256x3.png"))
    let planes = try loadPlanes(path: Gallery.path("sizes/256x256x3.png")).planes
    #expect(
      (0..<3).allSatisfy { channel in
        let plane = planes.bytes[(channel * 65536)..<((channel + 1) * 65536)]
        return plane.elementsEqual(stride(from: channel, to: image.pixels.count, by: 3).lazy.map { image.pixels[$0] })
      })
  }

  /// As many threads as you like: the decoders keep no state.
  @Test func loadsInParallel() async throws {
    let files = Gallery.expected.compactMap { expected in expected.planes.map { (expected.file, $0) } }
    let wrong = await withTaskGroup { group in
      for (file, planes) in files + files {
        group.addTask {
          (try? loadPlanes(path: Gallery.path(file), as: Gallery.reading)).map { fnv1a($0.planes.bytes) } == planes
            ? 0 : 1
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }
}
