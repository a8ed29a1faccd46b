import Foundation
import TemporaryFolder
import Testing

/// Manifests and names that mean harm, with the real `kiln` to read them. Nothing is trained: the daemon drains.
@Suite(.serialized)
struct HostileManifestTests {
  private func start() throws -> TestDaemon {
    let daemon = try TestDaemon(starting: false)
    for folder in ["data/images/good", "data/images/bad", "elsewhere/images/good", "elsewhere/images/bad"] {
      try FileManager.default.createDirectory(atPath: daemon.folder(folder), withIntermediateDirectories: true)
      for number in 0..<4 {
        let image = Data(blackPNG(width: 64, height: 64 + number))
        try image.write(to: URL(fileURLWithPath: daemon.folder("\(folder)/\(number).png")))
      }
    }
    try daemon.drain()
    try RealTrainerTests.start(daemon)
    return daemon
  }

  private func job(images: String) -> String {
    "network: homework\ndata: {images: \"\(images)\"}\ntraining: {epochs: 1, batchSize: 16, optimizer: {sgd: {learningRate: 0.1}}}\n"
  }

  private func expectRejection(of manifest: String, saying reason: String) throws {
    let daemon = try start()
    try daemon.drop("a.yaml", manifest)
    try daemon.drop("good.yaml", job(images: "images"))
    try daemon.wait(for: "both") { daemon.rejected == ["a.yaml"] && daemon.names("queued").count == 1 }
    let report = try #require(daemon.text("rejected/a.error.txt"))
    #expect(report.contains(reason) && report.contains("a.yaml:"), "\(report)")
    #expect(daemon.text("rejected/a.yaml") == manifest)
  }

  @Test func aBombOfAliases() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<30 {
      text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ","))]\n"
    }
    try expectRejection(of: text, saying: "anchors are not allowed")
  }

  @Test(arguments: ["[", "- ", "{a: ", "? "])
  func listsInLists(opening: String) throws {
    try expectRejection(of: String(repeating: opening, count: 200_000), saying: "nesting level")
  }

  @Test func moreValuesThanAnybodyNeeds() throws {
    try expectRejection(of: "a: [" + String(repeating: "1,", count: 400_000) + "1]", saying: "more than 20000 values")
  }

  @Test(arguments: ["\u{0}", "\u{1B}[2J"])
  func controlCharacters(text: String) throws {
    try expectRejection(of: "name: \(text)\n", saying: "control character")
  }

  @Test(arguments: ["../elsewhere/images", "images/../../elsewhere/images", "/etc", "/proc/self/root/etc", "out"])
  func dataOutsideTheRoots(images: String) throws {
    let daemon = try start()
    #expect(symlink("../elsewhere/images", daemon.folder("data/out")) == 0)
    try daemon.drop("a.yaml", job(images: images))
    try daemon.wait(for: "the rejection") { daemon.rejected == ["a.yaml"] }
    #expect(daemon.text("rejected/a.error.txt")?.contains("outside the data roots") == true)
  }

  /// Whoever can write into the drop folder can write an origin too.
  @Test func anOriginThatNamesAFolderOutsideTheRoots() throws {
    let daemon = try start()
    let manifest = job(images: "images")
    try FileManager.default.createDirectory(atPath: daemon.folder("other"), withIntermediateDirectories: true)
    try daemon.folder.write(manifest, to: "other/a.yaml")
    try FileManager.default.createSymbolicLink(
      atPath: daemon.folder("other/images"), withDestinationPath: daemon.folder("elsewhere/images"))
    let submitted = try RealTrainerTests.run(
      TestDaemon.program("kiln"), ["submit", "--home", daemon.home, daemon.folder("other/a.yaml")])
    #expect(submitted.status == 0, "\(submitted.output)")
    try daemon.wait(for: "the rejection") { daemon.rejected == ["a.yaml", "a.yaml.origin"] }
    #expect(daemon.text("rejected/a.error.txt")?.contains("outside the data roots") == true)
  }

  @Test func namesThatAreLongOrHaveNewlines() throws {
    let daemon = try start()
    let names = [
      String(repeating: "x", count: 250), "two\nlines", "tab\tand \u{1B}[31mred", "-rf", "$(reboot)", "日本語", "a%sb\\n",
    ]
    for name in names { try daemon.drop("\(name).yaml", job(images: "images")) }
    try daemon.wait(for: "the jobs") { daemon.names("queued").count == names.count && daemon.names("incoming").isEmpty }
    #expect(daemon.rejected.isEmpty)
    #expect(!daemon.log.contains("\u{1B}") && !daemon.log.contains("two\nlines"))
    let status = try RealTrainerTests.run(TestDaemon.program("kiln"), ["status", "--json", "--home", daemon.home])
    let jobs = try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any]
    let shown = (jobs?["jobs"] as? [[String: Any]])?.compactMap { $0["name"] as? String }
    #expect(Set(shown ?? []) == Set(names))
  }

  @Test func theSameOfFilesThatAreNoJobs() throws {
    let daemon = try start()
    let names = [String(repeating: "x", count: 250), "two\nlines", "-rf"]
    for name in names { try daemon.drop("\(name).yaml", "nonsense\n") }
    try daemon.wait(for: "the rejections") { daemon.rejected.count == names.count }
    #expect(daemon.names("incoming").isEmpty)
  }
}
