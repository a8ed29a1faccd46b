import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Foundation
import Networks
import Optimization
import Testing
import Training

/// Runs that begin with PyTorch's weights, on the images of Tests/Fixtures/initial.
@Suite struct InitialWeightsTests {
  struct Losses: Decodable {
    let plain, normalized: [Double]
    let inference: Double
  }

  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/initial").path

  private func losses() throws -> Losses {
    try JSONDecoder().decode(Losses.self, from: Data(readFile("\(Self.fixtures)/losses.json", limit: 1 << 16)))
  }

  private static let normalized: [any Layer] = [Studio.layers[0], BatchNorm()] + Studio.layers.dropFirst()

  /// All twelve images in every step, so that their order matters to the rounding alone.
  private func job(
    _ studio: Studio, _ layers: [any Layer], from file: String, epochs: Int = 5, validation: String? = nil
  ) -> TrainingJob {
    var job = studio.job(layers, normalize: .none)
    job.data.sources[0].images = "images"
    job.data.augment = Augmentation()
    job.data.validation = .share(0)
    job.location = DataLocation(base: Self.fixtures)
    job.training = TrainingDeclaration(
      epochs: epochs, batchSize: 12, seed: 1, initialFrom: .file(file),
      optimizer: SGD(learningRate: 0.05, momentum: 0.9))
    return job
  }

  private func stepLosses(_ studio: Studio, _ run: String) throws -> [Double] {
    try studio.rows(of: run).compactMap { row in if case .step(let step) = row { step.loss } else { nil } }
  }

  @Test func fiveStepsAreTorchs() throws {
    let studio = try Studio()
    let expected = try losses()
    let cases = [
      ("plain", Studio.layers, expected.plain), ("normalized", Self.normalized, expected.normalized),
    ]
    for (name, layers, truth) in cases {
      try studio.train(job(studio, layers, from: "\(name).safetensors"), in: name)
      let losses = try stepLosses(studio, name)
      #expect(losses.count == truth.count)
      for (loss, expected) in zip(losses, truth) { #expect(abs(loss - expected) < 1e-5 * expected, "\(name)") }
      // They change by ten times what is forgiven, at least.
      #expect(truth[0] - truth[4] > 1e-4 * truth[0])
    }
  }

  /// Inference needs the running statistics of the file: after an epoch whose rate is next to nothing they have moved by a
  /// tenth towards the same images, which they were taken from.
  @Test func runningStatisticsAreRead() throws {
    let studio = try Studio()
    var job = job(studio, Self.normalized, from: "normalized.safetensors", epochs: 1)
    job.training = TrainingDeclaration(
      epochs: 1, batchSize: 12, seed: 1, initialFrom: .file("normalized.safetensors"),
      optimizer: SGD(learningRate: 1e-30))
    try studio.train(job, in: "run")
    let start = try TensorFile(contentsOf: "\(Self.fixtures)/normalized.safetensors")
    let end = try TensorFile(contentsOf: studio.folder("run/latest/model.safetensors"))
    #expect(!start.tensors.contains { $0.name.hasSuffix("num_batches_tracked") })
    for name in ["1.running_mean", "1.running_var"] {
      let (before, after) = (try values(name, start), try values(name, end))
      // The file's have gone 0.19 of the way from 0 and 1 to the images' own; one more batch makes it 0.271.
      let origin: Float = name.hasSuffix("mean") ? 0 : 1
      for (early, late) in zip(before, after) {
        let target = origin + (early - origin) / 0.19
        #expect(abs(late - (early + 0.1 * (target - early))) < 1e-4 * max(1, abs(target)), "\(name)")
      }
    }
  }

  private func values(_ name: String, _ file: TensorFile) throws -> [Float] {
    try #require(file.tensors.first { $0.name == name }).values
  }

  /// Half precision is read exactly, and double is rounded, which is said.
  @Test func weightsOfOtherPrecisionsAreABeginningToo() throws {
    let studio = try Studio()
    let first = try losses().plain[0]
    func remarks(_ name: String) throws -> [String] {
      let file = "../checkpoints/\(name).safetensors"
      return try studio.train(job(studio, Studio.layers, from: file, epochs: 1), in: name).events.compactMap { event in
        if case .noticed(let text) = event, text.contains("rounded") { text } else { nil }
      }
    }
    #expect(try remarks("half") == [] && remarks("bfloat16") == [])
    let said = try remarks("double")
    #expect(said.count == 1 && said[0].contains("in 6 of 6 tensors (") && said[0].contains("0.weight"), "\(said)")
    // A weight of half precision differs by 2^-12 of its size at most, one of bfloat16 by 2^-9.
    #expect(abs(try stepLosses(studio, "half")[0] - first) < 0x1p-10 * first)
    #expect(abs(try stepLosses(studio, "bfloat16")[0] - first) < 0x1p-7 * first)
  }

  /// A checkpoint of ours is as good a beginning.
  @Test func aRunGoesOnFromAnothersEnd() throws {
    let studio = try Studio()
    try studio.train(job(studio, Studio.layers, from: "plain.safetensors", epochs: 2), in: "first")
    let model = studio.folder("first/latest/model.safetensors")
    try studio.train(job(studio, Studio.layers, from: model, epochs: 1), in: "second")
    let third = try losses().plain[2]
    #expect(abs(try stepLosses(studio, "second")[0] - third) < 1e-5 * third)
  }

  @Test func interruptionChangesNothingAndOtherWeightsAreRefused() throws {
    let studio = try Studio()
    try publish(readFile("\(Self.fixtures)/plain.safetensors", limit: 1 << 20), to: studio.folder("start.safetensors"))
    let own = job(studio, Studio.layers, from: studio.folder("start.safetensors"))
    try studio.train(own, in: "whole")
    try studio.train(own, in: "stopped", stoppingAfter: 2)
    // The same bytes elsewhere are the same weights.
    try studio.train(job(studio, Studio.layers, from: "plain.safetensors"), in: "stopped", stoppingAfter: 1)
    try publish(
      readFile(studio.folder("whole/latest/model.safetensors"), limit: 1 << 20),
      to: studio.folder("start.safetensors"))
    #expect { try studio.train(own, in: "stopped") } throws: { "\($0)".contains("its training.initialFrom is") }
    try studio.train(job(studio, Studio.layers, from: "plain.safetensors"), in: "stopped")
    #expect(try studio.result(of: "stopped") == studio.result(of: "whole"))
  }

  @Test func whatDoesNotFitIsToldWithItsNameAndTheCure() throws {
    let studio = try Studio()
    var wide = Studio.layers
    wide[3] = Conv2d(channels: 6, kernel: Pair(3), stride: Pair(2))
    let cases: [([any Layer], String, String)] = [
      (wide, "plain.safetensors", "`3.weight` has the shape [5, 4, 3, 3], and layer 3 (conv2d) needs [6, 4, 3, 3]"),
      (Self.normalized, "plain.safetensors", "no tensor `1.weight`, which layer 1 (batchNorm) needs"),
      (Studio.layers, "nowhere.safetensors", "nowhere.safetensors: no such file"),
      (Studio.layers, "losses.json", "initialFrom: "),
      (
        Array(Studio.layers.dropLast(2)) + [GlobalAvgPool(), Linear(outputs: 1, hasBias: false)], "plain.safetensors",
        "6."
      ),
    ]
    for (layers, file, message) in cases {
      #expect { try studio.train(job(studio, layers, from: file), in: "run") } throws: { error in
        "\(error)".contains(message)
      }
    }
  }
}
