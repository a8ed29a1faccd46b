import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Foundation
import Images
import Networks
import Optimization
import RunFiles
import TemporaryFolder
import Tensors
import Testing
import Training
import Workers

/// A checkpoint is enough to use the network that it holds.
@Suite struct TrainedNetworkTests {
  private let studio: Studio

  init() throws {
    studio = try Studio()
  }

  @Test func aCheckpointSaysAllThatItsNetworkNeeds() throws {
    var job = studio.job()
    job.data.reading = ImageReading(alpha: .black, resize: .fit)
    job.reading = job.data.reading
    try studio.train(job, in: "run")
    let trained = try TrainedNetwork(CheckpointFiles(named: studio.folder("run")))
    #expect(trained.classes == ["ascending", "descending"])
    #expect(!trained.classesAreNumbers)
    #expect(trained.reading == job.data.reading)
    #expect(trained.step == Studio.steps)
    #expect(trained.network.layers.map(\.layer.document) == job.network.layers.map(\.layer.document))
    #expect(trained.loss is BinaryCrossEntropy)
    #expect(trained.statistics.mean.allSatisfy { $0 > 0.2 && $0 < 0.6 })
    #expect(trained.decision == nil)
  }

  @Test func lossAndClassesOfOtherKinds() throws {
    var job = studio.job(Array(Studio.layers.dropLast()) + [Linear(outputs: 2)], normalize: .none)
    job.training = TrainingDeclaration(
      epochs: 1, batchSize: 8, loss: SoftmaxCrossEntropy(labelSmoothing: 0.1), optimizer: SGD(learningRate: 0.01),
      convolution: .direct)
    try studio.train(job, in: "run")
    let trained = try TrainedNetwork(CheckpointFiles(named: studio.folder("run/latest")))
    #expect(trained.loss.document == job.training.loss.document)
    #expect(trained.statistics == .none)
    #expect(trained.plan.output.count == 2)
    let direct = try NetworkPlan(job.network, input: trained.plan.input, convolution: .direct)
    #expect("\(trained.plan.operations.map(\.choices))" == "\(direct.operations.map(\.choices))")
  }

  /// Of the time before identities had a version, and before there were keys that say how files become squares.
  @Test(arguments: ["plain", "batch-norm", "plateau"]) func checkpointsOfEarlierVersions(_ name: String) throws {
    let fixture = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/runs/\(name)")
      .path()
    let trained = try TrainedNetwork(CheckpointFiles(named: fixture))
    #expect(trained.reading == .earlier)
    #expect(trained.plan.parameters.count == trained.model.count - trained.plan.statistics.count)
  }

  /// What was imported is written as a checkpoint, and is the same when it is read again, to the bits of its outputs.
  @Test func anImportedNetworkBecomesACheckpoint() throws {
    try studio.train(studio.job(), in: "run")
    let first = try TrainedNetwork(CheckpointFiles(named: studio.folder("run")))
    let statistics = ChannelStatistics(mean: [0.1, 0.2, 0.3], deviation: [0.5, 0.25, 0.125])
    let imported = try TrainedNetwork(
      network: first.network, loss: BinaryCrossEntropy(positiveWeight: 2), statistics: statistics,
      classes: ["a", "b\nc"],
      reading: ImageReading(resize: .crop), model: first.model.reversed())
    let (model, training) = try imported.checkpoint()
    try createDirectories(studio.folder("imported"))
    for (file, name) in [(model, "model"), (training, "training")] {
      try publish(
        try Safetensors.encode(file.tensors, metadata: file.metadata), to: studio.folder("imported/\(name).safetensors")
      )
    }
    let again = try TrainedNetwork(CheckpointFiles(named: studio.folder("imported")))
    #expect(again.classes == ["a", "b\nc"])
    #expect(again.statistics == statistics)
    #expect(again.reading == ImageReading(resize: .crop))
    #expect(again.step == 0)
    let image = [UInt8]((0..<3 * 65_536).map { UInt8($0 % 251) })
    let outputs = try [imported, again].map { try Predictor($0, team: Team(threads: 1)).outputs(images: [image]) }
    #expect(outputs[0] == outputs[1])
  }

  @Test func namesThatDoNotFitAreRefused() throws {
    try studio.train(studio.job(), in: "run")
    let trained = try TrainedNetwork(CheckpointFiles(named: studio.folder("run")))
    #expect(throws: TrainingError.self) {
      try TrainedNetwork(
        network: trained.network, loss: trained.loss, statistics: .none, classes: ["a", "b", "c"],
        reading: ImageReading(), model: trained.model)
    }
    #expect(throws: TrainingError.self) {
      try TrainedNetwork(
        network: trained.network, loss: trained.loss, statistics: .none, classes: nil, reading: ImageReading(),
        model: Array(trained.model.dropLast()))
    }
  }

  @Test func aModelThatStandsAloneIsNamedWithTheCure() throws {
    try studio.train(studio.job(), in: "run")
    try publish(
      try readFile(studio.folder("run/latest/model.safetensors"), limit: 1 << 20),
      to: studio.folder("alone.safetensors"))
    let error = try #require(throws: TrainingError.self) {
      try TrainedNetwork(CheckpointFiles(named: studio.folder("alone.safetensors")))
    }
    #expect("\(error)".hasPrefix(studio.folder("alone.safetensors")))
    #expect("\(error)".contains("kiln import"))
  }

  /// Whoever uses a checkpoint is told which one it is, and nothing of a run to start afresh.
  @Test func filesOfTwoNetworksAreNamedWithTheCure() throws {
    try studio.train(studio.job(), in: "run")
    try studio.train(studio.job(Array(Studio.layers.dropLast()) + [Relu(), Linear(outputs: 1)]), in: "other")
    let model = try readFile(studio.folder("other/latest/model.safetensors"), limit: 1 << 20)
    try publish(model, to: studio.folder("run/latest/model.safetensors"))
    let error = try #require(throws: TrainingError.self) {
      try TrainedNetwork(CheckpointFiles(named: studio.folder("run/latest")))
    }
    #expect(
      "\(error)".hasPrefix(studio.folder("run/latest")) && "\(error)".contains("copy the checkpoint's folder again"))
    #expect(!"\(error)".contains("start afresh") && !error.needsDecision)
  }

  @Test func aDecisionBelongsToItsModel() throws {
    try studio.train(studio.job(), in: "run")
    let files = try CheckpointFiles(named: studio.folder("run"))
    let model = try TensorFile(contentsOf: files.model).metadata[Safetensors.checksumKey] ?? ""
    let decision = Decision(
      threshold: 0.3, temperature: 1.5, aim: "recall 0.9", part: "validation", images: 6, model: model)
    try publish(try #require(decision.bytes), to: files.decisionPath)
    #expect(try TrainedNetwork(files).decision == decision)
    var other = decision
    other.model = "fnv1a64:0123456789abcdef"
    try publish(try #require(other.bytes), to: files.decisionPath)
    #expect(throws: TrainingError.self) { try TrainedNetwork(files) }
    for broken in ["{}", "{\"threshold\": 2, \"part\": \"validation\", \"images\": 1, \"model\": \"\(model)\"}"] {
      try publish(broken, to: files.decisionPath)
      #expect(throws: TrainingError.self) { try TrainedNetwork(files) }
    }
  }
}
