public import Configuration
public import Networks
public import Optimization

/// The `training` section of a job file.
public struct TrainingDeclaration: Described {
  public static let keyword = "training"
  public static let summary = "How long to train, by which loss and with which optimizer."

  public let epochs: Int
  public let batchSize: Int
  public var seed: UInt64
  public let loss: any Loss
  public let classWeights: ClassWeights
  /// A safetensors file whose values the network begins with; nil for random ones.
  public let initialFrom: InitialSource?
  public let optimizer: any Optimizer
  public let schedule: any Schedule
  public let warmUp: Span?
  /// The greatest norm of a step's gradient; nil for any.
  public let clipNorm: Double?
  /// Nil to train all epochs.
  public let earlyStopping: EarlyStopping?
  public let onDivergence: DivergenceDeclaration
  public let convolution: ConvolutionChoice

  public init(
    epochs: Int, batchSize: Int = 32, seed: UInt64 = 0, loss: any Loss = BinaryCrossEntropy(),
    classWeights: ClassWeights = .none, initialFrom: InitialSource? = nil, optimizer: any Optimizer,
    schedule: any Schedule = ConstantSchedule(),
    warmUp: Span? = nil, clipNorm: Double? = nil, earlyStopping: EarlyStopping? = nil,
    onDivergence: DivergenceDeclaration = .never,
    convolution: ConvolutionChoice = .automatic
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.seed = seed
    self.loss = loss
    self.classWeights = classWeights
    self.initialFrom = initialFrom
    self.optimizer = optimizer
    self.schedule = schedule
    self.warmUp = warmUp
    self.clipNorm = clipNorm
    self.onDivergence = onDivergence
    self.earlyStopping = earlyStopping
    self.convolution = convolution
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    epochs = try fields.integer("epochs", in: 1...100_000, "Times that every training image is seen.")
    batchSize = try fields.integer(
      "batchSize", in: 1...65_536, default: 32, "Images a step; a multiple of 16 is fastest.")
    seed = UInt64(
      try fields.integer(
        "seed", in: 0...Int.max, default: 0,
        "Decides first weights, order, split and augmentation: same seed, same bits."))
    loss = try fields.oneOf("loss", lossCatalogue, default: BinaryCrossEntropy(), "What training makes small.")
    classWeights = try fields.value(
      "classWeights", ClassWeights.kind, default: ClassWeights.none, written: "none",
      doc: "What an image of each class weighs in training; auto: so that all classes weigh the same.",
      standIn: { () throws(ConfigurationError) in ClassWeights.none },
      parse: { (node) throws(ConfigurationError) in try ClassWeights(node) })
    initialFrom = try fields.value(
      "initialFrom", InitialSource.kind, default: InitialSource?.none, written: nil, doc: InitialSource.summary,
      standIn: { () throws(ConfigurationError) in nil },
      parse: { (node) throws(ConfigurationError) in try InitialSource(node) })
    optimizer = try fields.oneOf(
      "optimizer", optimizerCatalogue, default: SGD(learningRate: 0.003, momentum: 0.9),
      "How gradients become steps.")
    schedule = try fields.oneOf(
      "schedule", scheduleCatalogue, default: ConstantSchedule(), "How the learning rate changes over the run.")
    warmUp = try fields.optionalSpan(
      "warmUp", "Time in which the rate rises linearly to the schedule's first, before the schedule begins.")
    clipNorm = try fields.optionalNumber(
      "clipNorm", in: 1e-6...1e9, "Gradients of a greater norm, over all parameters together, are scaled down to it.")
    onDivergence = try fields.section("onDivergence", DivergenceDeclaration.self, DivergenceDeclaration.summary)
    earlyStopping = try fields.value(
      "earlyStopping", .section(declarations(of: EarlyStopping.self)), default: EarlyStopping?.none, written: nil,
      doc: EarlyStopping.summary, standIn: { () throws(ConfigurationError) in nil },
      parse: { (node) throws(ConfigurationError) in try node.read(EarlyStopping.self) })
    convolution = try fields.choice(
      "convolution", of: ConvolutionChoice.self, default: .automatic,
      "Algorithms that convolutions may use; they agree but for rounding, and the fastest differs by layer.")
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "epochs": .whole(epochs), "batchSize": .whole(batchSize), "seed": .whole(seed), "loss": loss.document,
      "classWeights": classWeights.json, "initialFrom": initialFrom.map(\.json),
      "optimizer": optimizer.document, "schedule": schedule.document, "warmUp": warmUp.map(JSON.span),
      "clipNorm": clipNorm.map(JSON.number), "onDivergence": .object(onDivergence.essentials),
      "earlyStopping": earlyStopping.map { .object($0.essentials) }, "convolution": .word(convolution),
    ]
  }
}
