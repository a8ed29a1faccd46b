import Checkpoints
import DurableFiles
import RunFiles

/// Two tensors of one name and shape that are not the same bits.
public struct ReplayedTensor: Sendable, Equatable {
  public let name: String
  /// How many of the values.
  public let values: Int
  public let count: Int
  /// The greatest distance between two values; infinite if one of them is no finite number.
  public let greatest: Double
  /// Where the first of them stands, an index for each dimension.
  public let first: [Int]

  /// Nil if every bit is the same.
  public init?(_ name: String, shape: [Int], _ values: [Float], _ others: [Float]) {
    let places = zip(values, others).enumerated().compactMap { $1.0.bitPattern == $1.1.bitPattern ? nil : $0 }
    guard let place = places.first else { return nil }
    self.name = name
    self.values = places.count
    count = values.count
    greatest = places.reduce(0) { greatest, place in
      let distance = abs(Double(values[place]) - Double(others[place]))
      return max(greatest, distance.isFinite ? distance : .infinity)
    }
    var rest = place
    var index: [Int] = []
    for size in shape.reversed() {
      index.insert(rest % max(size, 1), at: 0)
      rest /= max(size, 1)
    }
    first = index
  }
}

/// What a checkpoint and a replay do not have in common.
public struct ReplayDifference: Sendable, Equatable {
  public struct Setting: Sendable, Equatable {
    /// `state best.loss`, `identity training.epochs`, `model mean`, `tensor 3.weight`.
    public let name: String
    /// In the checkpoint, and in the replay; nil for nothing.
    public let kept: String?
    public let replayed: String?
  }

  /// Tensors of model.safetensors, and of training.safetensors.
  public var model: [ReplayedTensor] = []
  public var optimizer: [ReplayedTensor] = []
  /// Of the state, the identity and the rest of the metadata; tensors that only one of the two has.
  public var settings: [Setting] = []

  public var isEmpty: Bool { model.isEmpty && optimizer.isEmpty && settings.isEmpty }
}

/// A run at one place, as a checkpoint of it has to be.
struct RunContent {
  let model: TensorFile
  let training: TensorFile
  let state: RunState

  init(of run: TrainingRun, _ validation: Tally?) throws(TrainingError) {
    let metadata = try run.metadata(validation)
    model = TensorFile(tensors: run.trainer.modelTensors, metadata: metadata.model)
    training = TensorFile(tensors: run.trainer.optimizerTensors, metadata: metadata.training)
    state = run.state
  }
}

extension ReplayDifference {
  init(_ kept: KeptCheckpoint, _ replayed: RunContent) throws(TrainingError) {
    // An earlier Kiln said less, and in other words.
    let isEarlier = RunIdentity.isOfEarlierKiln(kept.metadata)
    do {
      let file = try TensorFile(unbelieved: "\(kept.path)/\(CheckpointFile.model.rawValue)")
      model = add(file.tensors, replayed.model.tensors)
      compare(file.metadata, replayed.model.metadata, as: "model", isEarlier)
    } catch {
      guard error.isDamage else { throw .checkpoint(error) }
      settings.append(Setting(name: CheckpointFile.model.rawValue, kept: "cannot be read", replayed: nil))
    }
    do {
      let file = try TensorFile(unbelieved: "\(kept.path)/\(CheckpointFile.training.rawValue)")
      optimizer = add(file.tensors, replayed.training.tensors)
    } catch { throw .checkpoint(error) }
    compare(kept.metadata, replayed.training.metadata, as: "training", isEarlier)
    compare(
      try RunIdentity(in: kept.metadata).byPath, try RunIdentity(in: replayed.training.metadata).byPath, as: "identity")
    compare(kept.state.byPath, replayed.state.byPath, as: "state", isEarlier)
  }

  /// Notes tensors that only one of the two has.
  /// - Returns: what differs of the others.
  private mutating func add(_ kept: [NamedTensor], _ replayed: [NamedTensor]) -> [ReplayedTensor] {
    var strangers = Dictionary(kept.map { (ByteText($0.name), $0) }, uniquingKeysWith: { first, _ in first })
    var differences: [ReplayedTensor] = []
    for tensor in replayed {
      let own = strangers.removeValue(forKey: ByteText(tensor.name))
      guard let own, own.shape == tensor.shape else {
        settings.append(
          Setting(name: "tensor \(tensor.name)", kept: own.map { "\($0.shape)" }, replayed: "\(tensor.shape)"))
        continue
      }
      if let difference = ReplayedTensor(tensor.name, shape: own.shape, own.values, tensor.values) {
        differences.append(difference)
      }
    }
    for (name, tensor) in strangers.sorted(by: { $0.key < $1.key }) {
      settings.append(Setting(name: "tensor \(name.text)", kept: "\(tensor.shape)", replayed: nil))
    }
    return differences
  }

  /// Compared by themselves, or made of all others.
  private static let apart: Set = [RunState.key, RunIdentity.key, Safetensors.checksumKey]

  /// What earlier versions did not write, though they had an identity.
  private static let later: Set = [ClassNames.key]

  private mutating func compare(
    _ kept: [String: String], _ replayed: [String: String], as file: String, _ isEarlier: Bool = false
  ) {
    for key in Set(kept.keys).union(replayed.keys).subtracting(Self.apart).sorted() {
      let (own, other) = (kept[key], replayed[key])
      if own.map(ByteText.init) == other.map(ByteText.init) || isEarlier && (own == nil || other == nil) { continue }
      if own == nil, Self.later.contains(key) { continue }
      settings.append(Setting(name: "\(file) \(key)", kept: own, replayed: other))
    }
  }
}

extension RunIdentity {
  fileprivate var byPath: [String: String] {
    Dictionary(words.map { ($0.path, $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}

extension RunState {
  /// Every value by its path, `best.loss`, in the text by which Swift tells one `Double` from every other.
  fileprivate var byPath: [String: String] {
    var leaves: [String: String] = [:]
    Self.add(self, at: "", to: &leaves)
    return leaves
  }

  private static func add(_ value: Any, at path: String, to leaves: inout [String: String]) {
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      if let wrapped = mirror.children.first { add(wrapped.value, at: path, to: &leaves) }
    case .struct where !mirror.children.isEmpty:
      for child in mirror.children {
        guard let label = child.label else { continue }
        add(child.value, at: path.isEmpty ? label : "\(path).\(label)", to: &leaves)
      }
    case .dictionary:
      // Its order is another in every process.
      for element in mirror.children {
        let pair = Mirror(reflecting: element.value).children.map(\.value)
        if pair.count == 2 { add(pair[1], at: "\(path).\(pair[0])", to: &leaves) }
      }
    default: leaves[path] = String(describing: value)
    }
  }
}
