import Foundation
import TemporaryFolder
import Testing

/// `kiln check-gradients` on every preset, and on a job file.
@Suite struct CheckGradientsTests {
  private func kiln(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let output = Pipe()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: TestDaemon.program("kiln"))
    process.arguments = ["check-gradients"] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  private struct Report: Decodable {
    struct Tensor: Decodable {
      let layer, tensor: String
      let checked: Int
      let inNetwork, alone: Double?
    }
    let input: [Int]
    let images: Int
    let worstError: Double
    let passes: Bool
    let tensors: [Tensor]
  }

  private func report(_ arguments: [String]) throws -> Report {
    let (status, output) = try kiln(arguments + ["--json"])
    #expect(status == 0, "\(arguments): \(output)")
    return try JSONDecoder().decode(Report.self, from: Data(output.utf8))
  }

  @Test(arguments: ["homework", "homework-relu", "homework-batchnorm", "homework-avgpool", "homework-conv1d"])
  func presets(name: String) throws {
    let report = try report([name, "--samples", "5"])
    #expect(report.passes && report.worstError < 1e-5)
    #expect(report.images > 16 && report.input[0] == 3)
    #expect(report.tensors.allSatisfy { $0.checked > 0 })
    let weights = report.tensors.filter { $0.tensor == "weight" }
    #expect(weights.count >= 4 && weights.allSatisfy { $0.inNetwork != nil && $0.alone != nil })
    #expect(report.tensors.last?.layer == "network")
  }

  @Test func aJobOfItsOwnAndABoundThatIsTooTight() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      name: sequence
      network:
        - rows
        - conv1d: {channels: 3, kernel: 5, stride: 2}
        - tanh
        - globalAvgPool
        - linear: {outputs: 1}
      data: {images: nowhere}
      training: {epochs: 1, optimizer: {sgd: {learningRate: 0.1}}}
      """, to: "job.yaml")
    let job = folder("job.yaml")
    let table = try kiln([job, "--side", "16", "--samples", "3"])
    #expect(table.status == 0 && table.output.contains("3 x 16 x 16") && table.output.contains("within the bound"))
    let tight = try kiln([job, "--side", "16", "--samples", "3", "--bound", "1e-300"])
    #expect(tight.status == 70 && tight.output.contains("ABOVE"))
    #expect(try kiln([job, "--side", "2"]).status != 0)
    #expect(try kiln(["homewrk"]).status == 64)
  }
}
