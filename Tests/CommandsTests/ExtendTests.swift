import Foundation
import TemporaryFolder
import Testing

/// What `kiln train` says of a finished run and of a changed job, and how it trains a finished run further.
@Suite struct ExtendTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func train(_ arguments: String...) -> Said {
    kiln(["train", folder("job.yaml"), "--output", folder("run")] + arguments)
  }

  @Test func aFinishedRunSaysSoAtOnceAndCanBeExtended() throws {
    try folder.write(Fixtures.job(epochs: 2), to: "job.yaml")
    #expect(train("--extend", "3").status == 66)
    #expect(train().status == 0)
    let finished = train()
    #expect(finished.status == 0)
    #expect(finished.lines.count == 1 && finished.output.contains("--extend 10"), "\(finished)")
    let extended = train("--extend", "3")
    #expect(extended.status == 0, "\(extended)")
    #expect(extended.output.contains("3 epochs more, from 2 to 5, at a learning rate of 0.01"))
    let epochs = (folder.text("run/metrics.jsonl") ?? "").split(separator: "\n").count {
      $0.contains("\"kind\":\"epoch\"")
    }
    #expect(epochs == 5)
    let again = train("--extend", "1", "--rate", "0.002")
    #expect(again.output.contains("from 5 to 6, at a learning rate of 0.002"), "\(again)")
    #expect(train().output.contains("finished"))
    let record = try #require(folder.text("run/extensions.json"))
    #expect(record.contains(#""after":2"#) && record.contains(#""after":5"#))
  }

  /// The one that is interrupted goes on by the plain command, which knows of the extension.
  @Test func aListOfExtensionsThatIsBrokenIsNamed() throws {
    try folder.write(Fixtures.job(), to: "job.yaml")
    #expect(train().status == 0)
    #expect(train("--extend", "1").status == 0)
    try folder.write("[{}]", to: "run/extensions.json")
    let said = train("--extend", "1")
    #expect(said.status == 65 && said.errors.contains("extensions.json"), "\(said)")
  }

  @Test func aChangedJobSaysWhatHasChanged() throws {
    try folder.write(Fixtures.job(epochs: 1), to: "job.yaml")
    #expect(train().status == 0)
    try folder.write(Fixtures.job(epochs: 3).replacing("0.01", with: "0.02"), to: "job.yaml")
    let said = train()
    #expect(said.status == 65)
    #expect(said.errors.contains("training.epochs was 1 and is 3"), "\(said)")
    #expect(said.errors.contains("training.optimizer.sgd.learningRate was 0.01 and is 0.02"))
    try folder.write(Fixtures.job(epochs: 1) + "# a note\n", to: "job.yaml")
    #expect(train().errors.contains("comments or layout alone"))
    try folder.write(Fixtures.job(epochs: 1).replacing("resources: {threads: 1}", with: ""), to: "job.yaml")
    #expect(train().errors.contains("resources.threads was 1 and is not given"))
  }

  @Test(arguments: [
    ["--extend", "0"], ["--rate", "0.1"], ["--extend", "1", "--rate", "0"], ["--extend", "1", "--rate", "nan"],
  ])
  func wrongArguments(_ arguments: [String]) throws {
    try folder.write(Fixtures.job(), to: "job.yaml")
    #expect(kiln(["train", folder("job.yaml"), "--output", folder("run")] + arguments).status == 64)
  }
}
