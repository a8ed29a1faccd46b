import Configuration
import Datasets
import Networks

/// The identity of runs that Kiln began before identities had a version: a key of the metadata for each setting, its value
/// in the text that Swift printed for it then. Nothing writes this any more. The names of types and properties below are
/// a part of that format, whatever they are called today.
enum EarlierIdentity {
  /// - Throws: `.checkpointMismatch` if the metadata hold none that can be read.
  static func read(_ metadata: [String: String]) throws(TrainingError) -> RunIdentity {
    guard let layers = metadata["layers"], let fingerprint = metadata["dataset.fingerprint"] else {
      throw .checkpointMismatch("it does not say which job it belongs to")
    }
    do {
      var network: [JSON] = []
      for layer in layers.split(separator: "\n") { network.append(try required(String(layer))) }
      let data: [(key: String, value: JSON)] = [(key: "images", value: ".")]
      return RunIdentity(
        try Network(node(.array(network))),
        try node(.object(data + members(["normalize", "augment"], of: metadata))).read(DataDeclaration.self),
        try node(.object(members(trainingKeys, of: metadata))).read(TrainingDeclaration.self), fingerprint: fingerprint,
        initial: metadata["initialFrom"].flatMap { $0 == none ? nil : $0 }, decoding: 1, arithmetic: 1)
    } catch {
      throw .checkpointMismatch("an earlier Kiln began it, with settings that this one cannot read: \(error.message)")
    }
  }

  /// The first layer of a network that is computed otherwise since, so that an earlier run cannot end with its own bytes;
  /// nil if there is none. Batch normalization kept its constants in single precision then.
  static func changed(in plan: NetworkPlan) -> String? {
    plan.layers.lazy.map(\.keyword).first { $0 == BatchNorm.keyword }
  }

  private static let none = "none"
  private static let trainingKeys = [
    "epochs", "batchSize", "seed", "loss", "classWeights", "optimizer", "schedule", "warmUp", "clipNorm",
    "onDivergence",
    "earlyStopping", "convolution",
  ]
  /// Those for which `none` said that a job does without.
  private static let optionals: Set = ["warmUp", "clipNorm", "earlyStopping"]

  private static func members(
    _ keys: [String], of metadata: [String: String]
  ) throws(ConfigurationError) -> [(key: String, value: JSON)] {
    var members: [(key: String, value: JSON)] = []
    for key in keys {
      guard let text = metadata[key], !(optionals.contains(key) && text == none) else { continue }
      members.append((key: key, value: try required(text)))
    }
    return members
  }

  private static func required(_ text: String) throws(ConfigurationError) -> JSON {
    var reader = PrintedValue(text)
    if let value = reader.whole() { return value }
    throw try node(.string(text)).error("no value of an earlier Kiln")
  }

  private static func node(_ value: JSON) throws(ConfigurationError) -> Node {
    try Document.parse(value.line, file: "metadata")
  }
}

/// A value as Swift printed it, read into the words of a job file: `Conv2d(channels: 4, kernel: 8, …, hasBias: true)`,
/// `Optional(5 steps)`, `Training.PlateauSchedule.Metric.loss`, `[0.5, 2.0]`.
struct PrintedValue {
  private var rest: Substring

  init(_ text: String) {
    rest = text[...]
  }

  /// All of the text; nil if it is no printed value.
  mutating func whole() -> JSON? {
    guard case .some(.some(let value)) = value(), rest.isEmpty else { return nil }
    return value
  }

  /// What types were called that stood for keywords.
  private static let keywords = [
    "Conv2d": "conv2d", "Conv1d": "conv1d", "MaxPool2d": "maxPool2d", "AvgPool2d": "avgPool2d",
    "MaxPool1d": "maxPool1d", "AvgPool1d": "avgPool1d", "GlobalAvgPool": "globalAvgPool", "Relu": "relu",
    "LeakyRelu": "leakyRelu", "Sigmoid": "sigmoid", "Tanh": "tanh", "BatchNorm": "batchNorm", "Dropout": "dropout",
    "Rows": "rows", "Flatten": "flatten", "Linear": "linear",
    "BinaryCrossEntropy": "binaryCrossEntropy", "SoftmaxCrossEntropy": "softmaxCrossEntropy",
    "MeanSquaredError": "meanSquaredError",
    "SGD": "sgd", "RMSProp": "rmsprop", "Adagrad": "adagrad", "Adam": "adam", "AdamW": "adamw",
    "ConstantSchedule": "constant", "StepSchedule": "step", "ExponentialSchedule": "exponential",
    "InverseTimeSchedule": "inverseTime", "PolynomialSchedule": "polynomial", "CosineSchedule": "cosine",
    "CyclicSchedule": "cyclic", "OneCycleSchedule": "oneCycle", "WarmRestartsSchedule": "warmRestarts",
    "PlateauSchedule": "plateau",
  ]

  /// What a property was called in the job file, if not by its own name.
  private static func key(_ property: String, of type: String) -> String {
    switch (type, property) {
    case (_, "hasBias"): "bias"
    case ("StepSchedule", "decay"), ("ExponentialSchedule", "decay"), ("PlateauSchedule", "decay"): "factor"
    case ("ChannelStatistics", "deviation"): "std"
    default: property
    }
  }

  /// Nil for no value at all, `.some(nil)` for the word `nil`.
  private mutating func value() -> JSON?? {
    if take("[") { return list().map { .some(.array($0)) } }
    let text = String(rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "._+-".contains($0)) })
    rest.removeFirst(text.utf8.count)
    if let first = text.first, first.isNumber || first == "-" { return number(text).map { .some($0) } }
    let word = text.split(separator: ".").last.map(String.init) ?? text
    guard !take("(") else { return members(of: word) }
    switch word {
    case "": return nil
    case "nil": return .some(nil)
    case "true", "false": return .literal(word)
    default: return .string(word)
    }
  }

  private mutating func take(_ text: String) -> Bool {
    guard rest.hasPrefix(text) else { return false }
    rest.removeFirst(text.count)
    return true
  }

  /// A number, or a span of time: `5 epochs`.
  private mutating func number(_ text: String) -> JSON? {
    if rest.hasPrefix(" ") {
      let unit = rest.dropFirst().prefix { $0.isLetter }
      rest.removeFirst(unit.count + 1)
      return Span("\(text) \(unit)").map(JSON.span)
    }
    if let whole = UInt64(text) { return .whole(whole) }
    return Double(text).map(JSON.number)
  }

  private mutating func list() -> [JSON]? {
    var elements: [JSON] = []
    while !take("]") {
      guard elements.isEmpty || take(", "), case .some(.some(let element)) = value() else { return nil }
      elements.append(element)
    }
    return elements
  }

  /// What stands in the parentheses behind `type`: properties, or a value alone, as in `Optional(…)` and `given(…)`.
  private mutating func members(of type: String) -> JSON?? {
    var members: [(key: String, value: JSON)] = []
    var isFirst = true
    while !take(")") {
      guard isFirst || take(", ") else { return nil }
      let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
      guard rest.dropFirst(name.count).hasPrefix(": ") else {
        guard isFirst, let alone = value(), take(")") else { return nil }
        return alone
      }
      rest.removeFirst(name.count + 2)
      guard let value = value() else { return nil }
      if let value { members.append((key: Self.key(String(name), of: type), value: value)) }
      isFirst = false
    }
    let settings = JSON.object(members)
    return Self.keywords[type].map { .object([(key: $0, value: settings)]) } ?? settings
  }
}
