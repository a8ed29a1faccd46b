import Checkpoints
import Configuration
import Networks
import Optimization
import Testing
import Training

/// Layers that do something else in training: their runs are as repeatable as all others.
@Suite struct BatchLayersTests {
  static let layers: [any Layer] = [
    Conv2d(channels: 4, kernel: Pair(8), stride: Pair(8)), BatchNorm(), Relu(), MaxPool2d(kernel: Pair(4)),
    Conv2d(channels: 5, kernel: Pair(3), stride: Pair(2)), BatchNorm(), Relu(), Dropout(rate: 0.3), Flatten(),
    Linear(outputs: 1),
  ]

  /// A batch of eighteen takes two packs, the second with two images.
  private func job(_ studio: Studio, threads: Int = 2, batchSize: Int = 18) -> TrainingJob {
    var job = studio.job(Self.layers, threads: threads)
    job.training = TrainingDeclaration(
      epochs: 8, batchSize: batchSize, seed: 3, optimizer: SGD(learningRate: 0.05, momentum: 0.9))
    return job
  }

  @Test func sameBytesAtAnyNumberOfThreadsAndAfterInterruptions() throws {
    let studio = try Studio()
    try studio.train(job(studio, threads: 1), in: "one")
    let expected = try studio.result(of: "one")
    for threads in [2, 5] {
      try studio.train(job(studio, threads: threads), in: "threads\(threads)")
      #expect(try studio.result(of: "threads\(threads)") == expected)
    }
    for question in 1..<16 {
      let run = "question\(question)"
      #expect(try studio.train(job(studio), in: run, atQuestion: question).outcome == .interrupted)
      try studio.train(job(studio), in: run)
      #expect(try studio.result(of: run) == expected, "question \(question)")
    }
    var losses: [Double] = []
    for case .epoch(let row) in try studio.rows(of: "one") { losses.append(row.trainLoss) }
    #expect((losses.last ?? .nan) < 0.8 * (losses.first ?? .nan))
  }

  @Test func runningStatisticsAreSavedUnderTorchsNames() throws {
    let studio = try Studio()
    try studio.train(job(studio, batchSize: 5), in: "run")
    let model = try TensorFile(contentsOf: studio.folder("run/latest/model.safetensors")).tensors
    let names = model.map(\.name)
    #expect(
      names.sorted() == [
        "0.bias", "0.weight", "1.bias", "1.running_mean", "1.running_var", "1.weight", "4.bias", "4.weight", "5.bias",
        "5.running_mean", "5.running_var", "5.weight", "9.bias", "9.weight",
      ])
    let mean = try #require(model.first { $0.name == "1.running_mean" })
    #expect(mean.values.contains { abs($0) > 1e-3 })
  }
}
