import Configuration
import Datasets
import Foundation
import Manifests
import Networks
import Testing
import Training

/// What a checkpoint says of the job it belongs to.
@Suite struct RunIdentityTests {
  /// Of a job whose images have the fingerprint `f`.
  private static func identity(
    network: JSON = ["relu"], data: JSON = ["images": "."], training: JSON = ["epochs": 1]
  ) throws -> RunIdentity {
    func node(_ value: JSON) throws -> Node { try Document.parse(value.line, file: "test") }
    return RunIdentity(
      try Network(node(network)), try node(data).read(DataDeclaration.self),
      try node(training).read(TrainingDeclaration.self), fingerprint: "f", initial: nil)
  }

  /// What Kiln wrote as Swift printed it, for every layer, loss, optimizer and schedule, with defaults and without.
  @Test func whatAnEarlierKilnWroteIsRead() throws {
    let metadata = try JSONDecoder().decode(
      [String: [String: String]].self, from: Data(contentsOf: oldRuns.appending(path: "settings.json")))
    #expect(metadata.count > 10)
    for (name, earlier) in metadata {
      let manifest = try manifest(ofOldRun: name)
      let job = RunIdentity(
        manifest.network, manifest.data, manifest.training, fingerprint: try #require(earlier["dataset.fingerprint"]),
        initial: nil, decoding: 1, arithmetic: 1)
      #expect(try RunIdentity(in: earlier) == job, "\(name)")
      #expect(try RunIdentity(in: ["kiln.identity": job.encoded]) == job, "\(name)")
    }
  }

  @Test func theWordsAreThoseOfAJobFile() throws {
    let identity = try Self.identity(
      network: [["conv2d": ["channels": 4, "kernel": [3, 5], "stride": 1]], "relu"],
      data: ["images": "elsewhere", "augment": ["flip": "both"], "cache": false],
      training: ["epochs": 2, "batchSize": 32, "optimizer": ["sgd": ["learningRate": .literal("1e-2")]]])
    #expect(
      identity.encoded == """
        {"version": 1, "arithmetic": 2, "network": [{"conv2d": {"channels": 4, "kernel": [3, 5]}}, "relu"], \
        "data": {"fingerprint": "f", "decoding": 2, "augment": {"flip": "both"}}, \
        "training": {"epochs": 2, "optimizer": {"sgd": {"learningRate": 0.01}}}}
        """)
    #expect(identity.words.contains { $0.path == "training.optimizer.sgd.learningRate" && $0.value == "0.01" })
  }

  @Test func aLaterVersionIsNotGuessedAt() throws {
    let text = try Self.identity().encoded.replacing("\"version\": 1", with: "\"version\": 2")
    let error = #expect(throws: TrainingError.self) { try RunIdentity(in: ["kiln.identity": text]) }
    #expect(error?.needsDecision == true)
    #expect(error.map { "\($0)" }?.contains("a newer Kiln") == true)
  }

  @Test(arguments: [[:], ["kiln.identity": ""], ["kiln.identity": "[]"], ["layers": "Conv2d(channels: 4", "x": ""]])
  func whatIsNoIdentityIsRefused(metadata: [String: String]) throws {
    var metadata = metadata
    metadata["dataset.fingerprint"] = "f"
    let error = #expect(throws: TrainingError.self) { try RunIdentity(in: metadata) }
    #expect(error?.needsDecision == true)
  }

  // MARK: - Every key

  /// Keys of a job that do not change what it gives, or that the fingerprint of the images tells.
  private static let exempt: Set = [
    "name", "checkpoints", "resources", "priority", "data.images", "data.labels", "data.validation", "data.test",
    "data.positiveAbove", "data.maximumSkipped", "data.cache", "data.dataSets", "data.split", "data.folds",
    "training.initialFrom",
  ]

  /// Whatever key of the network, of augmentation and normalization, or of training has another value, the identity is
  /// another. A key that is added is tried without being named here.
  @Test func everyKeyIsNoticed() throws {
    var tried: Set<String> = []
    func expect(_ kind: ValueKind, at path: String, _ identity: @escaping (JSON) throws -> RunIdentity) throws {
      guard !Self.exempt.contains(path) else { return }
      for choice in kind.choices {
        switch choice {
        case .values(let values):
          tried.insert(path)
          let texts = try values.map { try identity($0).encoded }
          #expect(Set(texts).count == values.count, "\(path): \(values.map(\.line))")
        case .keys(let keys, let wrap):
          for key in keys {
            try expect(key.kind, at: "\(path).\(key.key)") { value in
              let required = keys.filter(\.isRequired).map { (key: $0.key, value: $0.kind.some) }
              let others = required.filter { $0.key != key.key }
              do { return try identity(wrap(others + [(key: key.key, value: value)])) } catch {
                // Some settings need another one, as `nesterov` a momentum.
                let all = keys.map { (key: $0.key, value: $0.kind.last) }.filter { $0.key != key.key }
                return try identity(wrap(all + [(key: key.key, value: value)]))
              }
            }
          }
        case .element(let keyword, let kind, let wrap):
          try expect(kind, at: keyword.map { "\(path).\($0)" } ?? path) { try identity(wrap($0)) }
        }
      }
    }
    try expect(.list(layerCatalogue.kind), at: "network") { try Self.identity(network: $0) }
    for key in declarations(of: DataDeclaration.self) {
      try expect(key.kind, at: "data.\(key.key)") { value in
        try Self.identity(data: .object([(key: "images", value: "."), (key: key.key, value: value)]))
      }
    }
    for key in declarations(of: TrainingDeclaration.self) {
      try expect(key.kind, at: "training.\(key.key)") { value in
        let epochs = key.key == "epochs" ? [] : [(key: "epochs", value: JSON.whole(1))]
        return try Self.identity(training: .object(epochs + [(key: key.key, value: value)]))
      }
    }
    for key in declarations(of: Manifest.self) where !["network", "data", "training"].contains(key.key) {
      #expect(Self.exempt.contains(key.key), "\(key.key): is the result another?")
    }
    #expect(tried.isSuperset(of: ["network.conv2d.kernel", "training.optimizer.sgd.nesterov", "data.normalize.mean"]))
    #expect(tried.count > 60)
  }
}

/// How values of a kind can differ.
private enum Choice {
  /// Each is another value than the others.
  case values([JSON])
  case keys([KeyDeclaration], ([(key: String, value: JSON)]) -> JSON)
  /// A part of the value; with settings behind a keyword, that.
  case element(String?, ValueKind, (JSON) -> JSON)
}

extension ValueKind {
  fileprivate var choices: [Choice] {
    switch self {
    case .integer(let range): [.values([.whole(range.lowerBound), .whole(range.upperBound)])]
    case .number(let range): [.values([.number(range.lowerBound), .number(range.upperBound)])]
    case .boolean: [.values([false, true])]
    case .text: [.values(["a", "b"])]
    case .choice(let words): [.values(words.map(JSON.string))]
    case .pair(let range):
      [
        .values([
          .whole(range.lowerBound), .whole(range.upperBound),
          .array([.whole(range.lowerBound), .whole(range.upperBound)]),
        ])
      ]
    case .span: [.values(["1 epoch", "1 step", "7 steps"])]
    case .section(let keys): [.keys(keys) { .object($0) }]
    case .oneOf(_, let keywords):
      [.values(keywords.map { .object([(key: $0.keyword, value: ValueKind.section($0.keys).some)]) })]
        + keywords.filter { !$0.keys.isEmpty }.map { keyword in
          .element(keyword.keyword, .section(keyword.keys)) { .object([(key: keyword.keyword, value: $0)]) }
        }
    case .list(let kind): [.element(nil, kind) { .array([kind.some, $0, kind.some]) }]
    case .anyOf(let kinds): kinds.flatMap(\.choices)
    }
  }

  /// One that may stand there.
  fileprivate var some: JSON { value { $0.first } }
  fileprivate var last: JSON { value { $0.last } }

  private func value(_ pick: ([JSON]) -> JSON?) -> JSON {
    for choice in choices {
      switch choice {
      case .values(let values): return pick(values) ?? "none"
      case .keys(let keys, let wrap):
        return wrap(keys.filter(\.isRequired).map { (key: $0.key, value: $0.kind.value(pick)) })
      case .element(_, let kind, let wrap): return wrap(kind.value(pick))
      }
    }
    return "none"
  }
}
