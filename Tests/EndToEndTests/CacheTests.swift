import Foundation
import TemporaryFolder
import Testing

/// Where decoded images are kept by the programs. The images are fixtures, because fresh ones are not kept.
@Suite struct CacheTests {
  private static let fixtures = RealTrainerTests.root + "/Tests/Fixtures/datasets"

  private static func job(_ data: String = "") -> String {
    """
    name: cells
    network: [{conv2d: {channels: 2, kernel: 16, stride: 16}}, flatten, {linear: {outputs: 1}}]
    data: {images: cells, validation: 0\(data)}
    training: {epochs: 1, batchSize: 4}
    """
  }

  private func train(_ job: String, _ run: String, in folder: TemporaryFolder) throws {
    try folder.write(job, to: "\(run).yaml")
    let kiln = [TestDaemon.program("kiln"), "train", folder("\(run).yaml"), "--base", Self.fixtures]
    let trained = try RealTrainerTests.run(
      "/usr/bin/env", ["XDG_CACHE_HOME=\(folder("xdg"))"] + kiln + ["--output", folder(run)])
    #expect(trained.status == 0, "\(trained.output)")
  }

  private func images(_ folder: TemporaryFolder, _ cache: String) -> Int {
    folder.names(cache).count { $0.hasSuffix(".planes") }
  }

  @Test func inTheForegroundItIsTheUsersOwn() throws {
    let folder = try TemporaryFolder()
    try train(Self.job(", cache: false"), "without", in: folder)
    #expect(folder.names("xdg").isEmpty)
    for run in ["first", "second"] {
      try train(Self.job(), run, in: folder)
      #expect(images(folder, "xdg/kiln") == 6)
      let results = [run, "without"].map {
        FileManager.default.contents(atPath: folder("\($0)/latest/training.safetensors"))
      }
      #expect(results[0] != nil && results[0] == results[1])
    }
  }

  @Test func underTheDaemonItIsInItsHome() throws {
    let daemon = try TestDaemon(starting: false)
    try daemon.start(["--data-root", Self.fixtures, "--kiln", TestDaemon.program("kiln")])
    try daemon.drop("cells.yaml", Self.job())
    try daemon.wait(for: "the end") { !(daemon.names("done") + daemon.names("failed")).isEmpty }
    #expect(daemon.names("failed").isEmpty)
    #expect(images(daemon.folder, "home/cache") == 6)
    #expect(daemon.stop() == 0)
  }
}
