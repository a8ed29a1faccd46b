import Foundation
import TemporaryFolder
import Testing

/// Icons: black, with their shapes in the alpha channel alone.
@Suite struct TransparencyTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let side = 40

  /// A bar or a disc, at a place that the number decides.
  private static func icon(isBar: Bool, number: Int) -> [UInt8] {
    let (x, y) = (14 + number % 4 * 4, 14 + number / 4 * 4)
    let alpha = (0..<side * side).map { place -> UInt8 in
      let (right, down) = (place % side - x, place / side - y)
      return (isBar ? abs(right) < 3 : right * right + down * down < 100) ? 255 : 0
    }
    return shadowPNG(width: side, height: side, alpha: alpha)
  }

  private func train(alpha: String?) throws -> (status: Int32, output: String, accuracy: Double?) {
    for (name, isBar) in [("bar", true), ("round", false)] {
      try FileManager.default.createDirectory(atPath: folder("icons/\(name)"), withIntermediateDirectories: true)
      for number in 0..<12 {
        let path = folder("icons/\(name)/\(number).png")
        try Data(Self.icon(isBar: isBar, number: number)).write(to: URL(fileURLWithPath: path))
      }
    }
    let key = alpha.map { ", alpha: \($0)" } ?? ""
    try folder.write(
      """
      network:
        - conv2d: {channels: 4, kernel: 5, stride: 4}
        - relu
        - maxPool2d: {kernel: 4}
        - flatten
        - linear: {outputs: 1}
      data: {images: icons, validation: 0, cache: false, normalize: none\(key)}
      training: {epochs: 12, batchSize: 4, seed: 3, optimizer: {sgd: {learningRate: 0.001, momentum: 0.9}}}
      """, to: "job.yaml")
    let (status, output) = try RealTrainerTests.run(
      TestDaemon.program("kiln"), ["train", folder("job.yaml"), "--output", folder("run-\(alpha ?? "default")")])
    struct Row: Decodable { var trainAccuracy: Double? }
    let rows = (folder.text("run-\(alpha ?? "default")/metrics.jsonl") ?? "").split(separator: "\n")
    let accuracies = rows.compactMap { try? JSONDecoder().decode(Row.self, from: Data($0.utf8)).trainAccuracy }
    return (status, output, accuracies.last)
  }

  @Test func shapesInTheAlphaChannelAreLearned() throws {
    let trained = try train(alpha: nil)
    #expect(trained.status == 0 && trained.accuracy == 1, "\(trained)")
    let red = try train(alpha: "[255, 0, 0]")
    #expect(red.status == 0 && red.accuracy == 1, "\(red)")
  }

  /// As it was, and as somebody may still want it: every image is black, and there is nothing to learn.
  @Test(arguments: ["drop", "black"]) func withoutABackgroundThereIsNothingToSee(_ alpha: String) throws {
    let trained = try train(alpha: alpha)
    #expect(trained.status == 0 && trained.accuracy.map { $0 < 0.7 } == true, "\(trained)")
  }
}
