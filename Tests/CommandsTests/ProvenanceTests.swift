import Checkpoints
import Commands
import DurableFiles
import Foundation
import RunFiles
import Testing

@Suite struct ProvenanceTests {
  private let trained: TrainedRun

  init() throws { trained = try TrainedRun() }

  private func write(_ name: String = "run.intoto.json") throws -> [UInt8] {
    let said = kiln("export", trained.run, "--format", "provenance", "--output", trained.folder(name))
    try #require(said.status == 0, "\(said)")
    return try readFile(trained.folder(name), limit: 1 << 20)
  }

  private struct Statement: Decodable {
    struct Resource: Decodable {
      let name: String
      let digest: [String: String]
    }
    struct Predicate: Decodable {
      struct Definition: Decodable {
        struct Parameters: Decodable {
          struct Job: Decodable {
            struct Training: Decodable { let epochs, batchSize: Int }
            let training: Training
          }
          let job: Job
        }
        let buildType: String
        let externalParameters: Parameters
        let resolvedDependencies: [Resource]
      }
      struct Details: Decodable {
        struct Builder: Decodable { let id: String }
        let builder: Builder
        let byproducts: [Resource]
      }
      let buildDefinition: Definition
      let runDetails: Details
    }
    let _type, predicateType: String
    let subject: [Resource]
    let predicate: Predicate
  }

  @Test func itNamesEveryFileByItsDigest() throws {
    let bytes = try write()
    let statement = try JSONDecoder().decode(Statement.self, from: Data(bytes))
    #expect(statement._type == "https://in-toto.io/Statement/v1")
    #expect(statement.predicateType == "https://slsa.dev/provenance/v1")
    #expect(
      statement.subject.map(\.name)
        == ["00000002", "00000003", "00000004", "00000006"].flatMap { step in
          ["model", "training"].map { "checkpoints/\(step)/\($0).safetensors" }
        })
    let definition = statement.predicate.buildDefinition
    #expect(definition.externalParameters.job.training.epochs == 2)
    #expect(definition.resolvedDependencies.map(\.name) == ["job.yaml", "data.tsv", "images", "kiln"])
    #expect(statement.predicate.runDetails.byproducts.map(\.name) == ["metrics.jsonl"])
    for resource in statement.subject + definition.resolvedDependencies.prefix(2)
      + statement.predicate.runDetails.byproducts
    {
      let content = try readFile(trained.folder("run/\(resource.name)"), limit: 1 << 20)
      #expect(resource.digest == ["sha256": Digest(of: content).hexadecimal], "\(resource.name)")
    }
    // What `sha256sum bad/*.png ok/*.png | sha256sum` says in the folder of the images.
    let lines = try ["bad", "ok"].flatMap { name in (0..<8).map { "\(name)/\($0).png" } }.map { name in
      "\(Digest(of: try readFile(trained.folder("images/\(name)"), limit: 1 << 20)).hexadecimal)  \(name)\n"
    }
    #expect(definition.resolvedDependencies[2].digest["sha256"] == Digest(of: Array(lines.joined().utf8)).hexadecimal)
    // The same run, the same bytes, wherever it lies.
    #expect(try write("again.json") == bytes)
    try FileManager.default.copyItem(atPath: trained.run, toPath: trained.folder("copy"))
    #expect(try RunProvenance.statement(of: trained.folder("copy")) == bytes)
  }

  private func report(_ name: String = "run.intoto.json") throws -> TrainedRun.Report {
    try trained.report("--provenance", trained.folder(name))
  }

  @Test func itIsVerified() throws {
    _ = try write()
    #expect(try report().isRight)
    // A signed one lies in an envelope.
    let inner = Data(try write()).base64EncodedString()
    try trained.folder.write(
      "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"\(inner)\",\"signatures\":[]}",
      to: "envelope.json")
    #expect(try report("envelope.json").isRight)
    // The order of members is nobody's.
    let object = try JSONSerialization.jsonObject(with: Data(try write()))
    try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]).write(
      to: URL(fileURLWithPath: trained.folder("sorted.json")))
    #expect(try report("sorted.json").isRight)
    let replayed = trained.verified("--provenance", trained.folder("run.intoto.json"), "--replay")
    #expect(replayed.status == 0, "\(replayed)")
  }

  /// Whatever is changed afterwards, even where no checksum tells.
  @Test func whateverIsChangedIsFound() throws {
    let bytes = try write()
    try trained.tamper(4) { $0.tensors[0].values[0] += 1 }
    #expect(try report().wrong == ["provenance"])
    #expect(
      try report().text(of: "provenance").contains("checkpoints/00000004/model.safetensors, a subject, has the SHA-256")
    )
    try trained.draw(50, 2, to: "images/ok/3.png")
    #expect(try report().text(of: "provenance").contains("images, a dependency, has the SHA-256"))
    try removeTree(CheckpointStore(run: trained.run).path(of: 2))
    #expect(
      try report().text(of: "provenance").contains("checkpoints/00000002/model.safetensors, a subject, is not there"))
    for (word, other, text) in [
      ("slsa.dev/provenance/v1", "slsa.dev/provenance/v0.2", "it is no statement of a run of Kiln's: `predicateType`"),
      ("\"epochs\": 2", "\"epochs\": 3", "its job is not the run's"),
      ("\"externalParameters\": {", "\"externalParameters\": {\"deadline\": 3,", "a parameter `deadline`"),
    ] {
      let edited = String(decoding: bytes, as: UTF8.self).replacing(word, with: other)
      try #require(edited != String(decoding: bytes, as: UTF8.self), "\(word)")
      try trained.folder.write(edited, to: "edited.json")
      #expect(try report("edited.json").text(of: "provenance").contains(text))
    }
    try trained.folder.write("no statement", to: "none.json")
    #expect(try report("none.json").wrong.contains("provenance"))
    #expect(trained.verified("--provenance", trained.folder("nowhere.json")).status == 66)
  }

  @Test func nothingElseIsOverwritten() throws {
    let said = kiln("export", trained.run, "--format", "provenance", "--output", trained.folder("job.yaml"))
    #expect(said.status == 65 && said.errors.contains("is no statement of Kiln's"), "\(said)")
    let optional = kiln("export", trained.run, "--format", "provenance", "--output", "x", "--with-probabilities")
    #expect(optional.status == 64)
  }

  @Test func whatNobodyCanVouchForIsRefused() throws {
    try trained.draw(60, 2, to: "images/ok/60.png")
    func refusal() -> CommandFailure? {
      do { _ = try RunProvenance.statement(of: trained.run) } catch { return error as? CommandFailure }
      return nil
    }
    let others = refusal()
    #expect(others?.status == .badData && others?.text?.contains("the images are not those of the run") == true)
    var bytes = try readFile(trained.path(2, .training), limit: 1 << 20)
    bytes[bytes.count - 2] ^= 8
    try publish(bytes, to: trained.path(2, .training))
    let damaged = refusal()
    #expect(damaged?.status == .badData && damaged?.text?.contains("is damaged") == true)
  }
}
