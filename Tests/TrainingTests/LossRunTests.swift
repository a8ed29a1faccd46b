import Configuration
import DurableFiles
import Networks
import Optimization
import TemporaryFolder
import Testing
import Training

/// Whole runs with every loss, and with three classes.
@Suite struct LossRunTests {
  private func job(_ studio: Studio, _ loss: any Loss, outputs: Int, threads: Int = 2) -> TrainingJob {
    var job = studio.job(Array(Studio.layers.dropLast()) + [Linear(outputs: outputs)], threads: threads)
    job.training = TrainingDeclaration(
      epochs: 3, batchSize: 5, seed: 3, loss: loss, optimizer: SGD(learningRate: 0.02, momentum: 0.9))
    return job
  }

  /// A third class: flat images, each of one brightness.
  private func threeClasses() throws -> Studio {
    let studio = try Studio()
    try createDirectories(studio.folder("images/flat"))
    for number in 0..<12 {
      let pixels = [UInt8](repeating: UInt8(100 + 5 * number), count: 256)
      try publish(png(width: 16, height: 16, pixels: pixels), to: studio.image("flat", number), .atomic)
    }
    return studio
  }

  private func losses(_ studio: Studio, _ run: String) throws -> [Double] {
    try studio.rows(of: run).compactMap { row in if case .epoch(let epoch) = row { epoch.trainLoss } else { nil } }
  }

  @Test(arguments: [SoftmaxCrossEntropy(labelSmoothing: 0.1), MeanSquaredError()] as [any Loss])
  func threeClassesAreLearnt(loss: any Loss) throws {
    let studio = try threeClasses()
    try studio.train(job(studio, loss, outputs: 3), in: "whole")
    let losses = try losses(studio, "whole")
    #expect(losses.count == 3 && losses[2] < losses[0])
    try studio.train(job(studio, loss, outputs: 3, threads: 3), in: "stopped", stoppingAfter: 4)
    try studio.train(job(studio, loss, outputs: 3), in: "stopped")
    #expect(try studio.result(of: "stopped") == studio.result(of: "whole"))
  }

  /// One logit, or two whose difference it is: the loss of a network that says nothing is ln 2 either way.
  @Test(arguments: [(BinaryCrossEntropy(positiveWeight: 2) as any Loss, 1), (SoftmaxCrossEntropy(), 2)])
  func twoClassesAreLearnt(loss: any Loss, outputs: Int) throws {
    let studio = try Studio()
    try studio.train(job(studio, loss, outputs: outputs), in: "run")
    let losses = try losses(studio, "run")
    #expect(losses[2] < losses[0])
  }

  @Test func anOutputTooFewIsRefusedWithTheCure() throws {
    let studio = try threeClasses()
    for (loss, outputs) in [(BinaryCrossEntropy() as any Loss, 1), (SoftmaxCrossEntropy(), 2)] {
      #expect {
        try studio.train(job(studio, loss, outputs: outputs), in: "run")
      } throws: { error in
        "\(error)".contains("ascending, descending, flat") && "\(error)".contains("linear: {outputs: 3}")
          && (error as? TrainingError)?.isPermanent == true
      }
    }
  }
}
