import Checkpoints
import Configuration
import DurableFiles
import Networks
import RunFiles
import Testing
import Training

/// Runs that a Kiln of another arithmetic began.
@Suite struct ArithmeticTests {
  private static let ending: [any Layer] = [Flatten(), Linear(outputs: 1)]
  /// Computed directly, as ever.
  private static let direct: [any Layer] = [Conv2d(channels: 4, kernel: Pair(8), stride: Pair(16))] + ending
  /// In the Fourier domain.
  private static let fourier: [any Layer] =
    [
      AvgPool2d(kernel: Pair(4)), Conv2d(channels: 8, kernel: Pair(9)), Conv2d(channels: 8, kernel: Pair(9)),
    ] + ending

  /// Interrupts a run of one epoch, and lets its checkpoint say that another arithmetic made it.
  private func began(_ studio: Studio, _ job: TrainingJob, with arithmetic: String) throws {
    #expect(try studio.train(job, in: "run", stoppingAfter: 4).outcome == .interrupted)
    let path = studio.folder("run/latest/\(CheckpointFile.training.rawValue)")
    var content = try TensorFile(contentsOf: path)
    let said = try #require(content.metadata["kiln.identity"])
    content.metadata["kiln.identity"] = said.replacing("\"arithmetic\": 2, ", with: arithmetic)
    #expect(content.metadata["kiln.identity"] != said)
    content.metadata[Safetensors.checksumKey] = nil
    try publish(Safetensors.encode(content.tensors, metadata: content.metadata), to: path)
  }

  @Test func aRunThatIsComputedAsEverGoesOn() throws {
    let studio = try Studio()
    let job = studio.job(Self.direct)
    try studio.train(job, in: "whole")
    try began(studio, job, with: "")
    #expect(try studio.train(job, in: "run").outcome == .finished)
    #expect(try studio.result(of: "run") == studio.result(of: "whole"))
  }

  @Test(arguments: [("", "computed `conv2d` in another way"), ("\"arithmetic\": 3, ", "a newer Kiln")])
  func otherwiseItIsLeftToAPerson(arithmetic: String, words: String) throws {
    let studio = try Studio()
    let job = studio.job(Self.fourier)
    try began(studio, job, with: arithmetic)
    let kept = try studio.result(of: "run")
    #expect {
      try studio.train(job, in: "run")
    } throws: { error in
      (error as? TrainingError)?.needsDecision == true && "\(error)".contains(words)
    }
    #expect(try studio.result(of: "run") == kept)
  }
}
