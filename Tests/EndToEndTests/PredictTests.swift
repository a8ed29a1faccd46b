import Foundation
import TemporaryFolder
import Testing

/// `kiln predict` as a process: what comes through the standard input, and a folder that is followed.
@Suite(.serialized) struct PredictTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try RealTrainerTests.makeImages(in: folder)
    try folder.write(RealTrainerTests.job(epochs: 1), to: "data/job.yaml")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: TestDaemon.program("kiln"))
    process.arguments = ["train", folder("data/job.yaml"), "--output", folder("run"), "--cache", folder("cache")]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  private final class Running {
    let process = Process()
    let input = Pipe()
    private let output: String
    private let errors: String

    init(_ arguments: [String], in folder: TemporaryFolder) throws {
      (output, errors) = (folder("output"), folder("errors"))
      for name in ["output", "errors"] { try folder.write("", to: name) }
      process.executableURL = URL(fileURLWithPath: TestDaemon.program("kiln"))
      process.arguments = ["predict", folder("run"), "--no-cache", "--json"] + arguments
      process.standardInput = input
      process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
      process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
      try process.run()
    }

    var lines: [String] {
      ((try? String(contentsOfFile: output, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }
    var complaints: String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }

    func wait(for what: String, _ condition: () -> Bool) throws {
      let deadline = ContinuousClock.now + .seconds(60)
      while !condition() {
        try #require(ContinuousClock.now < deadline, "no sign of \(what): \(lines) \(complaints)")
        usleep(5000)
      }
    }

    func end(_ signal: Int32? = nil) -> Int32 {
      if let signal { kill(process.processIdentifier, signal) } else { input.fileHandleForWriting.closeFile() }
      process.waitUntilExit()
      return process.terminationStatus
    }

    deinit { if process.isRunning { process.terminate() } }
  }

  private func images() throws -> [String] {
    let found = FileManager.default.enumerator(atPath: folder("data"))?.compactMap { $0 as? String } ?? []
    return found.filter { $0.hasSuffix(".png") }.sorted().map { folder("data/\($0)") }
  }

  private func logits(_ line: String) -> Substring? { line.split(separator: "\"logits\":").last?.prefix { $0 != "]" } }

  /// A path is answered as soon as its line is there: another program may wait for it before it asks again.
  @Test func pathsOfTheStandardInputAreAnsweredOneByOne() throws {
    let images = try images()
    let running = try Running(["-"], in: folder)
    for (count, image) in images.prefix(3).enumerated() {
      running.input.fileHandleForWriting.write(Data("\(image)\n".utf8))
      try running.wait(for: "answer \(count)") { running.lines.count == count + 1 }
      #expect(running.lines[count].contains("\"path\":\"\(image)\""))
    }
    // The last line needs no end.
    running.input.fileHandleForWriting.write(Data(images[3].utf8))
    #expect(running.end() == 0)
    #expect(running.lines.count == 4)
  }

  @Test func anImageMayComeThroughTheStandardInput() throws {
    let image = try images()[0]
    let named = try Running([image], in: folder)
    #expect(named.end() == 0)
    let expected = try #require(named.lines.first.flatMap(logits))
    let running = try Running(["-"], in: folder)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: image))
    // The first piece ends within the signature, behind a line's end.
    for piece in [bytes.prefix(6), bytes[6..<40], bytes.dropFirst(40)] {
      running.input.fileHandleForWriting.write(piece)
      usleep(50_000)
    }
    #expect(running.end() == 0)
    #expect(running.lines.count == 1)
    #expect(running.lines.first.flatMap(logits) == expected)
    #expect(running.lines.first?.contains("\"path\":\"-\"") == true)
  }

  /// Each image once: one that was there, one that is moved there, one that is written in two goes, one that is replaced.
  @Test func aFolderIsFollowedUntilASignal() throws {
    let images = try images()
    try FileManager.default.createDirectory(atPath: folder("camera"), withIntermediateDirectories: true)
    func copy(_ image: Int, to name: String) throws {
      try FileManager.default.copyItem(atPath: images[image], toPath: folder(name))
    }
    try copy(0, to: "camera/a.png")
    let running = try Running(["--follow", folder("camera")], in: folder)
    try running.wait(for: "the image that was there") { running.lines.count == 1 }
    try copy(1, to: "b.png")
    try FileManager.default.moveItem(atPath: folder("b.png"), toPath: folder("camera/b.png"))
    try running.wait(for: "the image that was moved") { running.lines.count == 2 }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: images[2]))
    try bytes.prefix(60).write(to: URL(fileURLWithPath: folder("camera/c.png")))
    usleep(100_000)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder("camera/c.png")))
    try file.seekToEnd()
    file.write(bytes.dropFirst(60))
    try file.close()
    try folder.write("no image", to: "camera/notes.txt")
    try running.wait(for: "the image that came in two goes") { running.lines.count == 3 }
    try copy(3, to: "d.png")
    try FileManager.default.removeItem(atPath: folder("camera/a.png"))
    try FileManager.default.moveItem(atPath: folder("d.png"), toPath: folder("camera/a.png"))
    try folder.write("no image either", to: "camera/e.png")
    try running.wait(for: "the last ones") { running.lines.count == 5 }
    try running.wait(for: "the word about the other file") { running.complaints.contains("notes.txt is passed over") }
    #expect(running.end(SIGTERM) == 0)
    let names = running.lines.map { line in line.split(separator: "camera/").last.map { String($0.prefix(5)) } }
    #expect(names[..<3] == ["a.png", "b.png", "c.png"])
    #expect(names[3...].compactMap { $0 }.sorted() == ["a.png", "e.png"])
    #expect(running.lines.count { $0.contains("\"reason\"") } == 1)
    let again = try Running([0, 1, 2, 3].map { images[$0] }, in: folder)
    #expect(again.end() == 0)
    #expect(Set(running.lines.filter { !$0.contains("reason") }.map(logits)) == Set(again.lines.map(logits)))
  }

  @Test func onlyNewImagesIfAsked() throws {
    let images = try images()
    try FileManager.default.createDirectory(atPath: folder("camera"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: images[0], toPath: folder("camera/old.png"))
    let running = try Running(["--follow", folder("camera"), "--only-new"], in: folder)
    // An image that comes before it watches is an old one. So images come until one is answered.
    var count = 0
    try running.wait(for: "a new image") {
      count += 1
      try? FileManager.default.copyItem(atPath: images[1], toPath: folder("camera/new\(count).png"))
      usleep(100_000)
      return !running.lines.isEmpty
    }
    #expect(running.end(SIGINT) == 0)
    #expect(running.lines.allSatisfy { $0.contains("camera/new") })
  }
}
