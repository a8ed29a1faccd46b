import Foundation
import TemporaryFolder
import Testing

/// The daemon with the real trainer on generated images: what the demo does, in seconds.
@Suite(.serialized)
struct RealTrainerTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// A job of a few seconds whose data are in the data root.
  static func job(epochs: Int) -> String {
    """
    name: tiny
    network:
      - conv2d: {channels: 6, kernel: 7, stride: 4}
      - relu
      - maxPool2d: {kernel: 3}
      - conv2d: {channels: 5, kernel: 3, stride: 2}
      - flatten
      - linear: {outputs: 1}
    data: {images: tiny, validation: 0.25, augment: {flip: both, rotate: quarter}}
    training: {epochs: \(epochs), batchSize: 16, seed: 3, optimizer: {sgd: {learningRate: 0.002, momentum: 0.9}}}
    checkpoints: {every: 1 epoch, keep: 2}
    resources: {threads: 2}
    """
  }

  /// Runs a program to its end.
  static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  static func makeImages(in folder: TemporaryFolder) throws {
    let made = try run(
      "/usr/bin/env", ["python3", "\(root)/scripts/make-images", folder("data/tiny"), "--count", "24"])
    #expect(made.status == 0, "\(made.output)")
  }

  static func start(_ daemon: TestDaemon) throws {
    try daemon.start(["--data-root", daemon.folder("data"), "--kiln", TestDaemon.program("kiln")])
  }

  @Test func aDroppedJobBecomesANetworkWhateverStopsIt() throws {
    let daemon = try TestDaemon(starting: false)
    try Self.makeImages(in: daemon.folder)
    try daemon.folder.write(Self.job(epochs: 6), to: "data/tiny.yaml")
    let foreground = try Self.run(
      TestDaemon.program("kiln"),
      [
        "train", daemon.folder("data/tiny.yaml"), "--output", daemon.folder("alone"), "--threads", "1", "--cache",
        daemon.folder("cache"),
      ])
    #expect(foreground.status == 0, "\(foreground.output)")

    try Self.start(daemon)
    try daemon.drop("tiny.yaml", Self.job(epochs: 6))
    try daemon.drop("nonsense.yaml", "name: nonsense\nnetwork: homwork\n")
    try daemon.wait(for: "the first rows") {
      (daemon.text("runs/000001-tiny/metrics.jsonl") ?? "").contains("\"step\":3")
    }
    #expect(daemon.stop() == 0)
    if daemon.names("done").isEmpty {
      #expect(daemon.names("queued") == ["000001-tiny.yaml"])
      try Self.start(daemon)
    }
    try daemon.wait(for: "the end") { daemon.names("done") == ["000001-tiny.yaml"] || !daemon.names("failed").isEmpty }
    #expect(daemon.names("failed").isEmpty)

    let run = "home/runs/000001-tiny"
    let byDaemon = FileManager.default.contents(atPath: daemon.folder("\(run)/latest/model.safetensors"))
    let alone = FileManager.default.contents(atPath: daemon.folder("alone/latest/model.safetensors"))
    #expect(byDaemon != nil && byDaemon == alone)
    #expect(daemon.text("runs/000001-tiny/loss.svg")?.contains("</svg>") == true)
    let steps = (daemon.text("runs/000001-tiny/metrics.jsonl") ?? "").split(separator: "\n").filter {
      $0.contains("\"kind\":\"step\"")
    }
    #expect(Set(steps.map(String.init)).count == steps.count)
    #expect(steps.count == foregroundSteps(daemon))

    try daemon.wait(for: "the rejection") { daemon.names("rejected").count == 2 }
    #expect(daemon.text("rejected/nonsense.error.txt")?.contains("homework") == true)
    #expect(daemon.stop() == 0)
  }

  private func foregroundSteps(_ daemon: TestDaemon) -> Int {
    (daemon.folder.text("alone/metrics.jsonl") ?? "").split(separator: "\n").count { $0.contains("\"kind\":\"step\"") }
  }

  @Test func submitFindsTheDataBesideTheJob() throws {
    let daemon = try TestDaemon(starting: false)
    try Self.makeImages(in: daemon.folder)
    try daemon.folder.write(Self.job(epochs: 1), to: "data/tiny.yaml")
    try daemon.start(["--kiln", TestDaemon.program("kiln")])
    let submitted = try Self.run(
      TestDaemon.program("kiln"), ["submit", "--home", daemon.home, daemon.folder("data/tiny.yaml")])
    #expect(submitted.status == 0, "\(submitted.output)")
    try daemon.wait(for: "the end") { daemon.names("done").count == 1 || !daemon.names("failed").isEmpty }
    #expect(daemon.names("done") == ["000001-tiny.yaml"])
    let status = try Self.run(TestDaemon.program("kiln"), ["status", "--home", daemon.home, "--json"])
    #expect(status.status == 0)
    #expect(status.output.contains("\"state\"") && status.output.contains("000001-tiny"))
    let inspected = try Self.run(TestDaemon.program("kiln"), ["inspect", daemon.folder("home/runs/000001-tiny")])
    #expect(inspected.status == 0 && inspected.output.contains("0.weight"), "\(inspected.output)")
  }

  @Test func tooManyDamagedImagesFailTheJobWithTheReason() throws {
    let daemon = try TestDaemon(starting: false)
    try Self.makeImages(in: daemon.folder)
    let images = daemon.folder("data/tiny")
    let names = try FileManager.default.subpathsOfDirectory(atPath: images).filter { $0.hasSuffix(".png") }.sorted()
    for name in names.prefix(3) {
      let whole = try #require(FileManager.default.contents(atPath: "\(images)/\(name)"))
      try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: "\(images)/\(name)"))
    }
    try Self.start(daemon)
    try daemon.drop("tiny.yaml", Self.job(epochs: 1))
    try daemon.wait(for: "the end") { daemon.names("failed").count == 1 }
    // The rename is the transition; its row in the history follows.
    try daemon.wait(for: "the reason in the history") {
      (daemon.text("runs/000001-tiny/history.jsonl") ?? "").contains("cannot be used")
    }
    let reason = daemon.text("runs/000001-tiny/error.txt") ?? ""
    #expect(reason.contains("maximumSkipped") && reason.contains("cut short"), "\(reason)")
  }
}
