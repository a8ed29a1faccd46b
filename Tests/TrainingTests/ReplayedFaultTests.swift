import Checkpoints
import Datasets
import DurableFiles
import Networks
import Optimization
import RunFiles
import Testing
import Training

/// What a replay finds in runs that are not what their jobs give.
@Suite struct ReplayedFaultTests {
  private let studio: Studio
  private let job: TrainingJob

  init() throws {
    studio = try Studio()
    job = studio.job(every: .steps(2), keep: 99)
    try studio.train(job, in: "run")
  }

  private static let cases = [2, 4, 6, 8].flatMap { step in [true, false].map { (step, $0) } }

  /// In every tensor of every checkpoint, with the checksum set right again and as it was.
  @Test(arguments: cases) func aFlippedBitIsFoundInEveryTensor(step: Int, isSetRight: Bool) throws {
    for file in [CheckpointFile.model, .training] {
      if isSetRight { try studio.tamper("run", step: step, file) } else { try studio.damage("run", step: step, file) }
    }
    let kept = try studio.checkpoints(of: "run")
    #expect(kept.allSatisfy { ($0.damage == nil) == ($0.step != step || isSetRight) })
    let found = try studio.replay(job, of: "run")
    #expect(!found.reproduces && found.rows.isEmpty && found.obstacle == nil)
    #expect(found.steps.filter { !$0.reproduces }.map(\.place.step) == [step])
    let difference = try #require(found.step(step)?.fromStart)
    let names = ["0.weight", "0.bias", "3.weight", "3.bias", "6.weight", "6.bias"]
    #expect(difference.model.map(\.name) == names && difference.optimizer.map(\.name) == names.map { "velocity.\($0)" })
    for tensor in difference.model + difference.optimizer {
      #expect(tensor.values == 1 && tensor.greatest > 0 && tensor.greatest < 1e-6)
    }
    #expect(difference.settings.isEmpty)
    // The next one is the replay's, and does not follow from what somebody has changed, if that can be gone on from.
    guard let next = found.step(step + 2) else { return }
    #expect(next.reproduces && (next.fromBefore != nil) == isSetRight && !next.follows)
  }

  /// What a layer keeps from training without its being trained is a tensor like any other.
  @Test(arguments: ["1.running_mean", "5.running_var", "9.bias"]) func aFlippedBitInALayersStatistics(_ name: String)
    throws
  {
    let job = studio.job(BatchLayersTests.layers, every: .steps(2), keep: 99)
    try studio.train(job, in: "normalized")
    try studio.tamper("normalized", step: 4, .model) { $0 == name }
    let found = try studio.replay(job, of: "normalized")
    #expect(found.steps.filter { !$0.reproduces }.map(\.place.step) == [4])
    #expect(found.step(4)?.fromStart?.model.map(\.name) == [name])
    #expect(found.step(4)?.fromStart?.optimizer.isEmpty == true)
  }

  /// `[output, input, row, column]` of the value, as PyTorch counts.
  @Test func thePlaceOfAValueIsNamed() throws {
    let values = [Float](repeating: 1, count: 24)
    var others = values
    (others[7], others[23]) = (1.5, -.infinity)
    let found = try #require(ReplayedTensor("w", shape: [2, 3, 4], values, others))
    #expect(found.first == [0, 1, 3] && found.values == 2 && found.count == 24 && found.greatest == .infinity)
    #expect(ReplayedTensor("w", shape: [24], values, values) == nil)
    // A zero is not the same bits as its negative, and no number is the same as itself.
    #expect(ReplayedTensor("w", shape: [1], [0], [-0.0])?.greatest == 0)
    #expect(ReplayedTensor("w", shape: [1], [.nan], [.nan]) == nil)
  }

  /// A run that went on from a tampered checkpoint: all that comes later follows from it, and nothing from the job.
  @Test func aDivergenceThatGoesOnIsToldFromATamperedCheckpoint() throws {
    try studio.train(job, in: "gone", stoppingAfter: 4)
    try studio.tamper("gone", step: 4, .model) { $0 == "3.weight" }
    try studio.train(job, in: "gone")
    let found = try studio.replay(job, of: "gone")
    #expect(found.steps.map(\.reproduces) == [true, false, false, false])
    #expect(found.steps.map(\.follows) == [true, false, true, true])
    #expect(found.step(4)?.fromBefore?.model.map(\.name) == ["3.weight"])
    // The losses part at once, or as soon as one bit shows in them.
    #expect([5, 6].contains(found.rows.first?.step))
  }

  /// Its batch has five images, and one of them is another by now.
  @Test func anExchangedImageIsAmongThoseOfTheFirstStepThatDiffers() throws {
    let plain = studio.job(every: .steps(2), keep: 99, normalize: .none)
    try studio.train(plain, in: "plain")
    let whole = try studio.replay(plain, of: "plain")
    #expect(whole.reproduces)
    for number in 0..<3 {
      try studio.exchange("ascending", number)
      let found = try studio.replay(plain, of: "plain")
      #expect(!found.reproduces)
      guard case .step? = found.rows.first?.replayed else { continue }
      #expect(found.images.count <= 5 && found.images.contains("ascending/\(number).png"), "\(found.images)")
      // A training from the checkpoint before it parts there too.
      let parted = try #require(found.steps.first { !$0.follows })
      #expect(parted.images == found.images)
      try publish(Studio.drawing(number, true), to: studio.image("ascending", number), .atomic)
    }
    // Its statistics are those of all training images.
    for number in 0..<12 { try studio.exchange("descending", number) }
    let found = try studio.replay(job, of: "run")
    #expect(found.steps.first?.fromStart?.settings.contains { $0.name == "state statistics.mean" } == true)
    #expect(found.rows.first?.step == 1)
  }

  @Test func anotherJobIsNamedByWhatItSays() throws {
    var edited = job
    edited.training = TrainingDeclaration(
      epochs: 2, batchSize: 5, seed: 3, optimizer: SGD(learningRate: 0.03, momentum: 0.9, weightDecay: 1e-4),
      schedule: StepSchedule(every: .steps(5), factor: 0.5))
    let found = try studio.replay(edited, of: "run")
    #expect(found.obstacle?.contains("training.optimizer.sgd.learningRate is 0.02, the job's is 0.03") == true)
    #expect(found.steps.allSatisfy { $0.fromStart == nil && $0.fromBefore == nil } && !found.reproduces)
    try remove(studio.image("ascending", 3))
    #expect(try studio.replay(job, of: "run").obstacle?.contains("data.fingerprint") == true)
  }

  @Test func anEditedRowIsFound() throws {
    let text = try #require(studio.folder.text("run/metrics.jsonl"))
    var lines = text.split(separator: "\n").map(String.init)
    for place in lines.indices {
      let edited = lines[place].replacing(/"(loss|validationLoss)":[^,]*/) { "\"\($0.1)\":0.25" }
      try #require(edited != lines[place], "\(lines[place])")
      var changed = lines
      changed[place] = edited
      try studio.folder.write(changed.joined(separator: "\n") + "\n", to: "run/metrics.jsonl")
      let found = try studio.replay(job, of: "run")
      #expect(found.rows.count == 1 && !found.reproduces && found.steps.allSatisfy(\.reproduces))
      #expect(found.rows.first?.kept?.json == edited && found.rows.first?.step == found.rows.first?.kept?.step)
    }
    // A row that is missing is one, too.
    lines.remove(at: 2)
    try studio.folder.write(lines.joined(separator: "\n") + "\n", to: "run/metrics.jsonl")
    let found = try studio.replay(job, of: "run")
    #expect(found.rows.count == 1 && found.rows.first?.kept == nil && found.rows.first?.step == 3)
  }

  /// What the metadata and the state say counts as the tensors do.
  @Test func anEditedStateIsFound() throws {
    let path = CheckpointStore(run: studio.folder("run")).path(of: 8) + "/training.safetensors"
    var content = try TensorFile(contentsOf: path)
    content.metadata[Safetensors.checksumKey] = nil
    content.metadata["validation.accuracy"] = "0.5"
    content.metadata["kiln.state"] = content.metadata["kiln.state"]?.replacing("\"epoch\":2", with: "\"epoch\":3")
    try publish(Safetensors.encode(content.tensors, metadata: content.metadata), to: path)
    // The state stands at another place only in its epoch, which is no part of the place.
    let found = try studio.replay(job, of: "run")
    let settings = try #require(found.step(8)?.fromStart?.settings)
    #expect(settings.map(\.name) == ["training validation.accuracy", "state position.epoch"], "\(settings)")
    #expect(settings.last?.kept == "3" && settings.last?.replayed == "2")
  }
}
