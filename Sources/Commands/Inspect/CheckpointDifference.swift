import Checkpoints
import Configuration
import DurableFiles
import RunFiles
import Training

/// In what two checkpoints differ: A is the first, B the second.
struct CheckpointDifference {
  /// Something that both may say of themselves, and that differs.
  struct Line: Encodable, Equatable {
    let key: String
    /// Null for a side that does not say it; of a setting, that is its default.
    let a: OrNull<String>
    let b: OrNull<String>

    static func == (one: Line, other: Line) -> Bool {
      one.key == other.key && one.a.value == other.a.value && one.b.value == other.b.value
    }
  }

  /// A tensor that is in both, or in one alone.
  struct Tensor {
    enum Finding {
      case same
      case onlyInA, onlyInB
      /// Of two shapes there is no value to compare with another.
      case shapes
      case values(TensorDifference)
    }

    let name: String
    /// The model's file, or that of the training state.
    let isOfModel: Bool
    let a: SafetensorsIndex.Tensor?
    let b: SafetensorsIndex.Tensor?
    let finding: Finding

    var isSame: Bool { if case .same = finding { true } else { false } }
  }

  let a: CheckpointFiles
  let b: CheckpointFiles
  /// What the networks are: step, data, classes, normalization, and what else the files say.
  let facts: [Line]
  /// Of the jobs, by the path of the key.
  let settings: [Line]
  let tensors: [Tensor]
  /// What could not be compared, in whole sentences.
  let remarks: [String]

  var isSame: Bool { facts.isEmpty && settings.isEmpty && tensors.allSatisfy(\.isSame) }

  /// Reads both, a piece at a time.
  init(_ a: CheckpointFiles, _ b: CheckpointFiles) throws(CheckpointError) {
    (self.a, self.b) = (a, b)
    let models = (try SafetensorsFile(a.model), try SafetensorsFile(b.model))
    var tensors = try Self.tensors(models.0, models.1, isOfModel: true)
    var training: (a: SafetensorsFile?, b: SafetensorsFile?)
    if let path = a.training { training.a = try SafetensorsFile(path) }
    if let path = b.training { training.b = try SafetensorsFile(path) }
    var remarks: [String] = []
    if let first = training.a, let second = training.b {
      tensors += try Self.tensors(first, second, isOfModel: false)
    } else if training.a != nil || training.b != nil {
      let side = training.a == nil ? "A" : "B"
      remarks.append("\(side) is a model alone: its job and its training state are not known, and not compared.")
    }
    for file in [models.0, models.1, training.a, training.b].compactMap({ $0 }) { try file.verify() }
    self.tensors = tensors
    let first = CheckpointOrigin(model: models.0.index, training: training.a?.index)
    let second = CheckpointOrigin(model: models.1.index, training: training.b?.index)
    let hasBoth = (training.a == nil) == (training.b == nil)
    facts = Self.lines(
      Self.facts(first, hasBoth, try Self.decision(a)), Self.facts(second, hasBoth, try Self.decision(b)))
    settings = hasBoth ? Self.lines(Self.settings(first), Self.settings(second)) : []
    self.remarks = remarks
  }

  private static func tensors(
    _ a: SafetensorsFile, _ b: SafetensorsFile, isOfModel: Bool
  ) throws(CheckpointError) -> [Tensor] {
    let others = Dictionary(b.index.tensors.map { (ByteText($0.name), $0) }) { first, _ in first }
    var found: [Tensor] = []
    for tensor in a.index.tensors {
      let other = others[ByteText(tensor.name)]
      found.append(
        Tensor(
          name: tensor.name, isOfModel: isOfModel, a: tensor, b: other,
          finding: try other.map { (other) throws(CheckpointError) in try compare(tensor, a, other, b) } ?? .onlyInA))
    }
    let known = Set(a.index.tensors.map { ByteText($0.name) })
    for tensor in b.index.tensors where !known.contains(ByteText(tensor.name)) {
      found.append(Tensor(name: tensor.name, isOfModel: isOfModel, a: nil, b: tensor, finding: .onlyInB))
    }
    return found
  }

  private static func compare(
    _ tensor: SafetensorsIndex.Tensor, _ a: SafetensorsFile, _ other: SafetensorsIndex.Tensor, _ b: SafetensorsFile
  ) throws(CheckpointError) -> Tensor.Finding {
    guard tensor.shape == other.shape else { return .shapes }
    let difference = try a.difference(of: tensor, from: other, in: b)
    // Another type is a difference, also if the numbers are the same.
    return difference.isSame && tensor.typeName == other.typeName ? .same : .values(difference)
  }

  private static func decision(_ files: CheckpointFiles) throws(CheckpointError) -> String? {
    guard files.training != nil, let decision = try files.decision() else { return nil }
    return WireJSON.line(decision)
  }
}

// MARK: - What they say of themselves

extension CheckpointDifference {
  private typealias Saying = (key: String, value: String)

  /// - Parameter isWhole: false if the other one is a model alone, which says less.
  private static func facts(_ origin: CheckpointOrigin, _ isWhole: Bool, _ decision: String?) -> [Saying] {
    var facts: [Saying] = []
    func add(_ key: String, _ value: String?) { if let value { facts.append((key, value)) } }
    add("step", origin.metadata["step"])
    if isWhole { add("data fingerprint", origin.fingerprint) }
    add("classes", origin.classes?.joined(separator: ", "))
    add("mean", origin.metadata["mean"])
    add("deviation", origin.metadata["deviation"])
    if isWhole {
      add("identity", origin.identityVersion)
      add("initial weights", origin.initialWeights)
    }
    add("decision", decision)
    for (key, value) in origin.stated.sorted(by: { $0.key < $1.key }) where !told.contains(key) {
      if isWhole || !ofTraining.contains(key) { add(key, value) }
    }
    return facts
  }

  /// Told by another name, by the settings or by the tensors, or of use to nobody but the program.
  private static let told: Set = [
    "step", "dataset.fingerprint", "classes", "mean", "deviation", "network", "format", "kiln.format", "kiln.state",
    "kiln.classes", "job", Safetensors.checksumKey,
  ]
  /// What training.safetensors says beside the state.
  private static let ofTraining: Set = ["epochs", "validation.loss", "validation.accuracy", "learningRate"]

  private static func settings(_ origin: CheckpointOrigin) -> [Saying] { origin.job?.settings ?? [] }

  private static func lines(_ a: [Saying], _ b: [Saying]) -> [Line] {
    func values(_ sayings: [Saying]) -> [ByteText: String] {
      Dictionary(sayings.map { (ByteText($0.key), $0.value) }) { first, _ in first }
    }
    let (first, second) = (values(a), values(b))
    let strangers = b.map(\.key).filter { first[ByteText($0)] == nil }
    return (a.map(\.key) + strangers).compactMap { key in
      let (one, other) = (first[ByteText(key)], second[ByteText(key)])
      guard one.map(ByteText.init) != other.map(ByteText.init) else { return nil }
      return Line(key: key, a: OrNull(one), b: OrNull(other))
    }
  }
}

extension JSON {
  /// Every value by its path: `training.optimizer.sgd.momentum`, `network[2].conv2d.channels`.
  fileprivate var settings: [(key: String, value: String)] { settings(at: "") }

  private func settings(at path: String) -> [(key: String, value: String)] {
    switch self {
    case .object(let members) where !members.isEmpty:
      members.flatMap { $0.value.settings(at: path.isEmpty ? $0.key : "\(path).\($0.key)") }
    case .array(let values) where path == "network":
      values.enumerated().flatMap { $0.element.settings(at: "\(path)[\($0.offset)]") }
    case .string(let text): [(path, text)]
    default: [(path, line)]
    }
  }
}
