import Foundation
import TemporaryFolder
import Testing

/// `kiln explain` and `kiln compare` as a user sees them.
@Suite struct ExplainTests {
  private func kiln(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let output = Pipe()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: TestDaemon.program("kiln"))
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  @Test func theHomeworksExamples() throws {
    let convolution = try kiln(["explain", "conv1d"])
    #expect(convolution.status == 0)
    for text in ["12 of 20 entries are 0: 60%", "2 of 10 entries are 0: 20%", "   the same"] {
      #expect(convolution.output.contains(text))
    }
    #expect(!convolution.output.contains("NOT the same"))
    let pooling = try kiln(["explain", "pooling"]).output
    // Each gradient twice: by formula and by the layers.
    for value in ["5.9375         5.9375", "-2.9375        -2.9375", "-3.75          -3.75"] {
      #expect(pooling.contains(value), "\(value)")
    }
    let normalization = try kiln(["explain", "batchnorm"]).output
    let rows = normalization.split(separator: "\n").filter { $0.contains("dL/d") && $0.split(separator: " ").count > 3 }
    #expect(rows.count >= 8)
    for row in rows.suffix(8) {
      let figures = row.split(separator: " ").suffix(3)
      #expect(Set(figures).count == 1, "\(row)")
    }
  }

  @Test func schedulesOptimizersAndKeys() throws {
    let folder = try TemporaryFolder()
    let schedule = try kiln(["explain", "schedule", "cosine: {end: 0.01}", "--svg", folder("rates.svg")])
    #expect(schedule.status == 0 && schedule.output.contains("●"))
    #expect(folder.text("rates.svg")?.hasPrefix("<svg") == true)
    #expect(try kiln(["explain", "optimizer"]).output.contains("adamw"))
    #expect(try kiln(["explain", "batchSize"]).output.contains("default  32"))
    let unknown = try kiln(["explain", "kernal"])
    #expect(unknown.status == 64 && unknown.output.contains("did you mean `kernel`?"))
    #expect(try kiln(["explain", "conv1d", "5", "x"]).status == 64)
  }

  private func run(_ folder: TemporaryFolder, _ name: String, rate: String, losses: [String]) throws {
    try FileManager.default.createDirectory(atPath: folder(name), withIntermediateDirectories: true)
    let rows = losses.enumerated().map { index, loss in
      #"{"kind":"epoch","epoch":\#(index + 1),"step":\#(index + 1),"trainLoss":0.5,"trainAccuracy":0.5,"#
        + #""validationLoss":\#(loss),"validationAccuracy":0.75,"skipped":0,"learningRate":0.1,"imagesPerSecond":9,"seconds":1}"#
    }
    try (rows.joined(separator: "\n") + "\n").write(
      toFile: folder("\(name)/metrics.jsonl"), atomically: true, encoding: .utf8)
    try "name: \(name)\ntraining: {optimizer: {sgd: {learningRate: \(rate)}}}\n"
      .write(toFile: folder("\(name)/job.yaml"), atomically: true, encoding: .utf8)
  }

  @Test func runsSideBySide() throws {
    let folder = try TemporaryFolder()
    try run(folder, "slow", rate: "0.1", losses: ["0.7", "0.65"])
    try run(folder, "fast", rate: "0.5", losses: ["0.7", "0.4", "0.3"])
    let table = try kiln(["compare", folder("slow"), folder("fast"), "--svg", folder("both.svg")])
    #expect(table.status == 0)
    for text in ["slow", "fast", "0.6500", "0.3000", "training.optimizer.sgd.learningRate", "●", "▲"] {
      #expect(table.output.contains(text), "\(text)")
    }
    #expect(!table.output.contains("\u{1B}"))
    #expect(folder.text("both.svg")?.contains("Validation loss") == true)
    let json = try kiln(["compare", folder("slow"), folder("fast"), "--json"]).output
    #expect(json.contains("\"bestValidationLoss\" : 0.3"))
    #expect(try kiln(["compare", folder("nowhere")]).status == 66)
  }
}
