import Foundation
import TemporaryFolder
import Testing

/// Runs of `kiln train` whose data cannot be had now: they end so that a daemon tries again, and nothing is said about
/// an image.
@Suite(.serialized)
struct DataTroubleTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func train(_ arguments: String..., limit kibibytes: Int? = nil) throws -> (status: Int32, output: String) {
    let limit = kibibytes.map { "ulimit -v \($0); " } ?? ""
    return try RealTrainerTests.run(
      "/bin/bash", ["-c", limit + #"exec "$@""#, "bash", TestDaemon.program("kiln"), "train"] + arguments)
  }

  private func write(_ image: [UInt8], to name: String) throws {
    let path = folder(name)
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(image).write(to: URL(fileURLWithPath: path))
  }

  /// Small images, and one whose pixels take 168 MB: there is room for everything but that.
  @Test func anImageThatFindsNoMemoryIsNotSkipped() throws {
    for name in ["a", "b"] {
      for number in 0..<4 { try write(blackPNG(width: 64 + number, height: 64), to: "data/tiny/\(name)/\(number).png") }
    }
    try write(blackPNG(width: 24_000, height: 7_000), to: "data/tiny/a/large.png")
    try folder.write(
      RealTrainerTests.job(epochs: 1).replacing("validation: 0.25", with: "validation: 0, maximumSkipped: 1"),
      to: "data/tiny.yaml")
    // What a run of the small images needs, found by trying.
    try FileManager.default.moveItem(atPath: folder("data/tiny/a/large.png"), toPath: folder("large.png"))
    var least = 200_000
    while least < 2_000_000, try train(folder("data/tiny.yaml"), "--output", folder("small"), limit: least).status != 0
    {
      least += 50_000
    }
    #expect(least < 2_000_000)
    try FileManager.default.moveItem(atPath: folder("large.png"), toPath: folder("data/tiny/a/large.png"))
    // The file itself and the threads' own memory find room, and the pixels do not.
    let short = try train(folder("data/tiny.yaml"), "--output", folder("run"), limit: least + 100_000)
    #expect(short.status == 71 && short.output.contains("large.png"), "\(short.status): \(short.output)")
    #expect(folder.text("run/skipped.tsv") == nil)
    let enough = try train(folder("data/tiny.yaml"), "--output", folder("run"))
    #expect(enough.status == 0, "\(enough.output)")
    #expect(folder.text("run/skipped.tsv") == nil)
  }

  @Test func aDiskThatIsNotMountedIsWaitedFor() throws {
    try FileManager.default.createDirectory(atPath: folder("disk"), withIntermediateDirectories: true)
    try folder.write(RealTrainerTests.job(epochs: 1), to: "tiny.yaml")
    let away = try train(folder("tiny.yaml"), "--output", folder("run"), "--data-root", folder("disk"))
    #expect(away.status == 74 && away.output.contains("mount it"), "\(away.output)")
    try folder.write("", to: "disk/other")
    let absent = try train(folder("tiny.yaml"), "--output", folder("run"), "--data-root", folder("disk"))
    #expect(absent.status == 65 && absent.output.contains("no such file or folder"), "\(absent.output)")
  }

  /// Two class folders whose names look alike, and a table that writes a name otherwise than the disk does.
  @Test func namesThatLookAlikeAreToldApart() throws {
    for (index, name) in ["K\u{E4}fer", "Ka\u{308}fer", "other"].enumerated() {
      for number in 0..<3 { try write(blackPNG(width: 64, height: 64 + index), to: "data/tiny/\(name)/\(number).png") }
    }
    try folder.write(RealTrainerTests.job(epochs: 1), to: "data/tiny.yaml")
    let folders = try train(folder("data/tiny.yaml"), "--output", folder("run"))
    #expect(folders.status == 65 && folders.output.contains("Unicode normalization only"), "\(folders.output)")
    try FileManager.default.removeItem(atPath: folder("data/tiny/K\u{E4}fer"))
    let rows = ["K\u{E4}fer/0.png,a", "other/1.png,b", "other/2.png,b"]
    try folder.write("path,label\n" + rows.joined(separator: "\n") + "\n", to: "data/tiny/labels.csv")
    try folder.write(
      RealTrainerTests.job(epochs: 1).replacing("validation: 0.25", with: "labels: labels.csv, validation: 0"),
      to: "data/tiny.yaml")
    let table = try train(folder("data/tiny.yaml"), "--output", folder("run2"))
    #expect(table.status == 65 && table.output.contains("Unicode normalization only"), "\(table.output)")
  }
}

/// Programs that may not run everywhere.
@Suite struct AffinityTests {
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/taskset"), "there is no taskset"))
  func threadsAreThoseOfTheProcessorsThatAreAllowed() throws {
    struct Figures: Decodable { var threads: Int }
    let bench = try RealTrainerTests.run(
      "/bin/bash",
      [
        "-c", #"first=$(taskset -cp $$ | sed 's/.*: *//; s/[-,].*//'); exec taskset -c "$first" "$@""#, "bash",
        TestDaemon.program("kiln"), "bench", "infer", "--json", "--batch", "1", "--calls", "1",
      ])
    #expect(bench.status == 0, "\(bench.output)")
    #expect(try JSONDecoder().decode(Figures.self, from: Data(bench.output.utf8)).threads == 1)
  }
}
