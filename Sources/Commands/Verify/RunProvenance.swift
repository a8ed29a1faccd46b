import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Interchange
import RunFiles
import Training

/// What a run was made of and what came of it, as an in-toto Statement v1 with SLSA's provenance predicate v1, which says
/// every file by its SHA-256 (https://github.com/in-toto/attestation/tree/main/spec/v1, https://slsa.dev/spec/v1.0/provenance).
/// docs/0028 says what the build type means.
///
/// The statement is a function of the files alone: the same run gives the same bytes, whenever and wherever it is asked.
package struct RunProvenance {
  /// A file, or several, by their digest.
  struct Resource {
    let name: String
    /// In lower-case hexadecimal digits.
    let sha256: String
    var annotations: [(key: String, value: JSON)] = []
  }

  static let statementType = "https://in-toto.io/Statement/v1"
  static let predicateType = "https://slsa.dev/provenance/v1"
  static let buildType = "urn:x-kiln:training-run:v1"
  static let builder = "urn:x-kiln:trainer:v1"
  /// Names of dependencies that are no files of the run.
  static let images = "images"
  static let initialWeights = "initialFrom"
  static let program = "kiln"

  let subjects: [Resource]
  /// The settings that the result depends on, in the words of a job file.
  let job: JSON
  let dependencies: [Resource]
  let byproducts: [Resource]
  private let invocation: String?

  /// - Throws: a failure if the run is not one that can be vouched for.
  init(of run: VerifiedRun) throws {
    guard !run.isTraining else {
      throw CommandFailure("\(run.folder.path): somebody trains there; ask again when it is over", .tryAgain)
    }
    guard let newest = run.newest else {
      throw CommandFailure("\(run.folder.path) has no checkpoint, so that there is nothing to vouch for", .noInput)
    }
    let damage = run.checkpoints.first { $0.damage != nil }.map { "\($0.damage.map { "\($0)" } ?? "")" }
    if let damage = damage ?? run.unreadable.first?.reason {
      throw CommandFailure(
        "\(damage); a statement vouches for whole files only: `kiln verify` names all of them", .badData)
    }
    subjects = try Self.subjects(run)
    job = try RunIdentity(in: newest.metadata).json
    dependencies = try Self.dependencies(run, newest)
    byproducts = try Self.files([.metrics, .skipped], of: run)
    invocation = run.origin?.token
  }

  /// The statement of the run in a folder, with its newline.
  package static func statement(of folder: String, base: String? = nil) throws -> [UInt8] {
    Array((try RunProvenance(of: VerifiedRun(folder, base: base)).json.indented() + "\n").utf8)
  }

  /// The same as a file that takes the place of an earlier statement alone.
  static func file(of folder: String, at path: String) throws -> ExportedFile {
    ExportedFile(path: path, bytes: try statement(of: folder), noun: "statement of Kiln's") { bytes in
      String(decoding: bytes, as: UTF8.self).contains(RunProvenance.buildType)
    }
  }

  private static func subjects(_ run: VerifiedRun) throws -> [Resource] {
    let links = [(RunFile.best, try run.store.bestStep), (.latest, try run.store.latestStep)]
    return try run.checkpoints.sorted { $0.step < $1.step }.flatMap { checkpoint in
      try [CheckpointFile.model, .training].map { file in
        let path = "\(checkpoint.path)/\(file.rawValue)"
        let names = links.filter { $0.1 == checkpoint.step }.map { JSON.string($0.0.rawValue) }
        return Resource(
          name: "\(RunFile.checkpoints.rawValue)/\(ByteText(checkpoint.path).lastName)/\(file.rawValue)",
          sha256: try digest(of: path), annotations: names.isEmpty ? [] : [(key: "links", value: .array(names))])
      }
    }
  }

  private static func dependencies(_ run: VerifiedRun, _ newest: KeptCheckpoint) throws -> [Resource] {
    var found = try files([.job, .extensions, .data], of: run)
    let fingerprint = newest.metadata["dataset.fingerprint"]
    guard let dataset = run.dataset, let manifest = run.manifest, dataset.fingerprint == fingerprint else {
      throw CommandFailure(
        "the images are not those of the run any more, so that nobody can vouch for them: `kiln verify` says why",
        .badData)
    }
    let account = DataAccount(dataset, manifest.data, as: manifest.data.reading)
    found.append(try Self.images(account, fingerprint: dataset.fingerprint))
    if let path = try run.job(threads: 1)?.initialPath() {
      found.append(Resource(name: initialWeights, sha256: try digest(of: path)))
    }
    found.append(Resource(name: program, sha256: try digest(of: "/proc/self/exe")))
    return found
  }

  /// All images as one digest: of the lines that `sha256sum` prints for them, in the order of the bytes of their names.
  private static func images(_ account: DataAccount, fingerprint: String) throws -> Resource {
    var lines: [UInt8] = []
    var count = 0
    for row in account.rows {
      let path = "\(account.folder)/\(row.path)"
      guard try facts(at: path) != nil else { continue }
      lines += Array("\(try digest(of: path))  \(row.path)\n".utf8)
      count += 1
    }
    return Resource(
      name: images, sha256: Digest(of: lines).hexadecimal,
      annotations: [
        (key: "fingerprint", value: .string(fingerprint)), (key: "images", value: .literal("\(count)")),
        (key: "of", value: "the lines that sha256sum prints for all of them, sorted by name"),
      ])
  }

  private static func files(_ files: [RunFile], of run: VerifiedRun) throws -> [Resource] {
    try files.compactMap { file in
      guard try facts(at: run.folder[file]) != nil else { return nil }
      return Resource(name: file.rawValue, sha256: try digest(of: run.folder[file]))
    }
  }

  private static func digest(of path: String) throws(FileError) -> String {
    Digest(of: try readFile(path, limit: 1 << 34)).hexadecimal
  }

  var json: JSON {
    var metadata: [(key: String, value: JSON)] = []
    if let invocation { metadata.append((key: "invocationId", value: .string(invocation))) }
    let definition: [(key: String, value: JSON)] = [
      (key: "buildType", value: .string(Self.buildType)),
      (key: "externalParameters", value: .object([(key: "job", value: job)])),
      (key: "resolvedDependencies", value: .array(dependencies.map(\.json))),
    ]
    let details: [(key: String, value: JSON)] = [
      (key: "builder", value: .object([(key: "id", value: .string(Self.builder))])),
      (key: "metadata", value: .object(metadata)), (key: "byproducts", value: .array(byproducts.map(\.json))),
    ]
    return .object([
      (key: "_type", value: .string(Self.statementType)),
      (key: "subject", value: .array(subjects.map(\.json))),
      (key: "predicateType", value: .string(Self.predicateType)),
      (
        key: "predicate",
        value: .object([
          (key: "buildDefinition", value: .object(definition)), (key: "runDetails", value: .object(details)),
        ])
      ),
    ])
  }
}

extension RunProvenance.Resource {
  fileprivate var json: JSON {
    var members: [(key: String, value: JSON)] = [
      (key: "name", value: .string(name)), (key: "digest", value: .object([(key: "sha256", value: .string(sha256))])),
    ]
    if !annotations.isEmpty { members.append((key: "annotations", value: .object(annotations))) }
    return .object(members)
  }
}
