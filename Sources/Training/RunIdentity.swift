public import Configuration
package import Datasets
import Images
package import Networks
package import RunFiles

/// Everything of a job that its result depends on, in the words of a job file. A checkpoint carries it, and belongs only to
/// a job with the same:
///
///     {"version": 1, "arithmetic": 2, "network": [{"conv2d": {"channels": 4, "kernel": 8}}, "relu"],
///      "data": {"fingerprint": "eb33dee34882fe5d", "augment": {"flip": "both"}}, "training": {"epochs": 10}}
///
/// A key that is absent means its default, as in a job file, so that a key that a later version adds makes no checkpoint
/// of before a stranger. `version` rises when a word or a default changes its meaning.
public struct RunIdentity: Sendable, Equatable {
  /// Under which a checkpoint's metadata have it.
  package static let key = "kiln.identity"
  static let version = 1

  /// The keys of a checkpoint's metadata that say its identity, in this version or an earlier one. (`seed` and `epochs` stand
  /// there for people too.)
  public static let keys: Set = [
    key, "layers", "normalize", "augment", "batchSize", "seed", "loss", "classWeights", "optimizer", "schedule",
    "warmUp",
    "clipNorm", "onDivergence", "initialFrom", "earlyStopping", "convolution",
  ]

  /// `network`, `data` and `training`.
  private let settings: JSON
  /// How layers were computed. It is no setting: a job does not choose it.
  private let arithmetic: Int

  /// Rises when a layer is computed otherwise, so that the same job ends with other bytes. 2 since small kernels go by
  /// minimal filtering, and the weight gradient in the Fourier domain takes its sums in another order.
  private static let arithmetic = 2

  /// - Parameters:
  ///   - fingerprint: of the images, their labels and their division into parts.
  ///   - initial: a checksum of what the network begins with, if not with random values.
  ///   - decoding: the version of the defaults by which files become squares.
  ///   - arithmetic: how its layers are computed.
  ///   - extensions: what it was trained for beyond the job, so far.
  package init(
    _ network: Network, _ data: DataDeclaration, _ training: TrainingDeclaration, fingerprint: String, initial: String?,
    decoding: Int = Self.decoding, arithmetic: Int = Self.arithmetic, extensions: [Extension] = []
  ) {
    var shown = data.essentials.filter { Self.dataKeys.contains($0.key) }
    shown.insert((key: "fingerprint", value: .string(fingerprint)), at: 0)
    if decoding > 1 { shown.insert((key: "decoding", value: .whole(decoding)), at: 1) }
    var trained = training.essentials.filter { $0.key != "initialFrom" }
    if let initial { trained.append((key: "initialFrom", value: .string(initial))) }
    if !extensions.isEmpty { trained.append((key: "extensions", value: .array(extensions.map(\.json)))) }
    settings = [
      "network": .array(network.layers.map(\.layer.document)), "data": .object(shown), "training": .object(trained),
    ]
    self.arithmetic = arithmetic
  }

  init(_ job: TrainingJob, fingerprint: String, initial: InitialWeights?, extensions: [Extension]) {
    self.init(
      job.network, job.data, job.training, fingerprint: fingerprint, initial: initial?.checksum,
      decoding: job.reading == job.data.reading ? Self.decoding : 1, extensions: extensions)
  }

  /// Of a network that was trained elsewhere: all that is known of it.
  init(_ network: Network, judgedBy loss: any Loss, _ reading: ImageReading) {
    var data = DataDeclaration(images: ".", labels: nil)
    data.reading = reading
    let shown = data.essentials.filter { Self.dataKeys.contains($0.key) && $0.key != "normalize" }
    settings = [
      "network": .array(network.layers.map(\.layer.document)),
      "data": .object([(key: "decoding", value: .whole(Self.decoding))] + shown),
      "training": .object([(key: "loss", value: loss.document)]),
    ]
    arithmetic = Self.arithmetic
  }

  /// Of `data`, the keys that the result depends on and the fingerprint does not tell.
  static let dataKeys: Set = ["normalize", "augment", "alpha", "resize", "jpegScaling"]
  /// 2 since there are `alpha`, `resize` and `jpegScaling`: an identity without the member is of before, and its run goes
  /// on as files were read then.
  private static let decoding = 2

  /// How the run of a checkpoint reads the files of its job.
  static func reading(of job: TrainingJob, in metadata: [String: String]) throws(TrainingError) -> ImageReading {
    let saved = try RunIdentity(in: metadata)
    let isEarlier = saved.isOfEarlierDecoding
    // A job that says now what it left out then is another job, and its identity will tell.
    return isEarlier && job.data.reading == ImageReading() ? .earlier : job.data.reading
  }

  /// Whether the metadata are of the time before identities had a version.
  static func isOfEarlierKiln(_ metadata: [String: String]) -> Bool { metadata[key] == nil }

  /// The identity in a checkpoint's metadata, which this version or an earlier one wrote.
  /// - Throws: `.newerRun` if a later one did, `.checkpointMismatch` if there is none or it cannot be read.
  public init(in metadata: [String: String]) throws(TrainingError) {
    guard let text = metadata[Self.key] else {
      self = try EarlierIdentity.read(metadata)
      return
    }
    let node: Node
    do { node = try Document.parse(text, file: Self.key) } catch {
      throw .checkpointMismatch("its \(Self.key) cannot be read: \(error)")
    }
    guard case .object(let members) = node.json, let version = members.first(where: { $0.key == "version" }) else {
      throw .checkpointMismatch("its \(Self.key) has no version")
    }
    guard version.value == .whole(Self.version) else {
      throw .newerRun("its identity has version \(version.value.line), this Kiln reads version \(Self.version)")
    }
    settings = .object(members.filter { $0.key != "version" && $0.key != "arithmetic" })
    arithmetic = Self.number(members.value(of: "arithmetic"))
  }

  /// An identity without one is of before there were two.
  private static func number(_ arithmetic: JSON?) -> Int {
    if case .literal(let text)? = arithmetic { Int(text) ?? .max } else { 1 }
  }

  /// The first layer of a network that is computed otherwise since the checkpoint of these metadata, so that its run cannot
  /// end with the bytes that it would have had; nil if there is none.
  /// - Throws: `.newerRun` if a later Kiln computed it; `.checkpointMismatch`.
  static func changedLayer(
    since metadata: [String: String], in plan: NetworkPlan
  ) throws(TrainingError) -> String? {
    if isOfEarlierKiln(metadata), let layer = EarlierIdentity.changed(in: plan) { return layer }
    let saved = try RunIdentity(in: metadata).arithmetic
    guard saved <= Self.arithmetic else {
      throw .newerRun("its layers were computed by arithmetic \(saved), this Kiln's is \(Self.arithmetic)")
    }
    guard saved < Self.arithmetic else { return nil }
    let changed = plan.operations.first { operation in
      operation.choices.contains { choice in choice.algorithm != .direct }
    }
    guard let changed else { return nil }
    return plan.layers[changed.layer].keyword
  }

  /// One line of JSON: equal identities give equal bytes.
  package var encoded: String {
    guard case .object(let members) = settings else { return settings.line }
    var head: [(key: String, value: JSON)] = [(key: "version", value: .whole(Self.version))]
    if arithmetic > 1 { head.append((key: "arithmetic", value: .whole(arithmetic))) }
    return JSON.object(head + members).line
  }

  /// Every setting by its path, `training.optimizer.sgd.learningRate`, with its value as a job file has it.
  public var words: [(path: String, value: String)] {
    settings.leaves(under: "").map { (path: $0.path, value: $0.value.plain) }
  }

  public var json: JSON { settings }

  /// The first setting that the job has otherwise; nil if there is none.
  func difference(from job: RunIdentity) -> String? {
    settings.difference(from: job.settings, at: "").map { path, own, jobs in
      "its \(path) is \(own?.plain.clipped ?? "not given"), the job's is \(jobs?.plain.clipped ?? "not given")"
    }
  }
}

extension NetworkPlan {
  /// One line for each layer.
  var text: String {
    layers.map { "\($0.index) \($0.keyword) \($0.input) -> \($0.output)" }.joined(separator: "\n")
  }
}

extension JSON {
  /// A text without its quotation marks.
  fileprivate var plain: String { if case .string(let text) = self { text } else { line } }

  fileprivate func leaves(under path: String) -> [(path: String, value: JSON)] {
    switch self {
    case .object(let members) where !members.isEmpty:
      members.flatMap { $0.value.leaves(under: path.isEmpty ? $0.key : "\(path).\($0.key)") }
    default: [(path: path, value: self)]
    }
  }

  /// The first place at which two values differ, with what stands there; nil for nothing.
  fileprivate func difference(from other: JSON, at path: String) -> (path: String, own: JSON?, other: JSON?)? {
    switch (self, other) {
    case (.object(let own), .object(let others)) where !Self.areKeywords(own, others):
      let strangers = others.map(\.key).filter { key in !own.contains { $0.key == key } }
      return first(
        of: (own.map(\.key) + strangers).map { key in
          (path.isEmpty ? key : "\(path).\(key)", own.value(of: key), others.value(of: key))
        })
    case (.array(let own), .array(let others)) where own.count == others.count:
      return first(of: own.indices.map { ("\(path)[\($0)]", own[$0], others[$0]) })
    default: return self == other ? nil : (path, self, other)
    }
  }

  /// Two optimizers, say, that have no key in common: they are shown whole.
  private static func areKeywords(_ own: [(key: String, value: JSON)], _ others: [(key: String, value: JSON)]) -> Bool {
    own.count == 1 && others.count == 1 && own[0].key != others[0].key
  }

  private func first(of pairs: [(String, JSON?, JSON?)]) -> (path: String, own: JSON?, other: JSON?)? {
    for (path, own, other) in pairs {
      guard let own, let other else { return (path, own, other) }
      if let found = own.difference(from: other, at: path) { return found }
    }
    return nil
  }
}

extension [(key: String, value: JSON)] {
  fileprivate func value(of key: String) -> JSON? { first { $0.key == key }?.value }
}

extension String {
  fileprivate var clipped: String { count > 200 ? prefix(199) + "…" : self }
}
