public import Tensors

/// A network bound to the shape of its input: every shape, parameter, cost and layout, decided before the
/// first step. A pure value; executors give it memory.
public struct NetworkPlan: Sendable {
  public let input: Shape
  public let layers: [PlannedLayer]
  public let parameters: [ParameterSlot]
  /// Scalars that hold all parameters; each starts on a cache line of its own.
  public let parameterScalars: Int
  /// What layers keep from training without its being trained, and the scalars that hold it.
  public let statistics: [ParameterSlot]
  public let statisticScalars: Int
  let stages: [Stage]

  /// A layer and what it does to its shape: a row of the table.
  public struct PlannedLayer: Sendable {
    public let index: Int
    public let keyword: String
    public let layer: any Layer
    public let input: Shape
    public let output: Shape
    public let parameters: [ParameterShape]
    public let statistics: [ParameterShape]
    public let multiplyAccumulates: Int

    init(_ layer: any Layer, index: Int, input: Shape) throws(ShapeMismatch) {
      self.index = index
      keyword = type(of: layer).keyword
      self.layer = layer
      self.input = input
      output = try layer.output(for: input)
      parameters = layer.parameters(for: input)
      statistics = layer.statistics(for: input)
      multiplyAccumulates = layer.multiplyAccumulates(for: input)
    }
  }

  /// Binds `network` to `input`, for a loss that is to judge its outputs. Everything that trains, evaluates, checks or
  /// describes a job plans its network here.
  /// - Parameter loss: the job's.
  /// - Throws: as without a loss; also if the network ends in an image of several values, or in as many outputs as the
  ///   loss cannot judge.
  public init(
    _ network: Network, judgedBy loss: any Loss, input: Shape, convolution: ConvolutionChoice = .automatic,
    takesInputGradient: Bool = false
  ) throws(PlanError) {
    try self.init(network, input: input, convolution: convolution, takesInputGradient: takesInputGradient)
    let kind = type(of: loss)
    guard output.isFlat || output.count == 1, kind.accepts(outputs: output.count) else {
      throw PlanError(
        layer: layers.last?.index, place: network.layers.last?.place,
        message: "\(kind.keyword) cannot judge a network that ends in \(output)", cure: kind.cure)
    }
  }

  /// Binds `network` to `input`.
  /// - Parameters:
  ///   - convolution: the algorithms that convolutions may use; they agree but for rounding.
  ///   - takesInputGradient: whether executors compute the gradient of the network's input too, which training has no
  ///     use for.
  /// - Throws: an error at the layer that cannot take the shape it gets, or with which the network becomes too large.
  public init(
    _ network: Network, input: Shape, convolution: ConvolutionChoice = .automatic, takesInputGradient: Bool = false
  ) throws(PlanError) {
    var shape = input
    var layers: [PlannedLayer] = []
    var totals = PlanTotals(input: input)
    for (index, placed) in network.layers.enumerated() {
      do {
        let layer = try PlannedLayer(placed.layer, index: index, input: shape)
        try totals.add(output: layer.output, parameters: layer.parameters, work: layer.multiplyAccumulates)
        layers.append(layer)
        shape = layer.output
      } catch {
        throw PlanError(layer: index, keyword: type(of: placed.layer).keyword, place: placed.place, error)
      }
    }
    self.input = input
    self.layers = layers
    parameters = ParameterSlot.table(layers, \.parameters)
    parameterScalars = ParameterSlot.scalars(parameters)
    statistics = ParameterSlot.table(layers, \.statistics)
    statisticScalars = ParameterSlot.scalars(statistics)
    stages = Stage.stages(layers, convolution: convolution, takesInputGradient: takesInputGradient)
    if let stage = Stage.firstTooLarge(of: stages, input: input) {
      throw PlanError(
        layer: stage.layer, keyword: layers[stage.layer].keyword, place: network.layers[stage.layer].place,
        ShapeMismatch(moreThan: PlanLimits.values, "values of working memory an image"))
    }
  }

  /// What runs, in order: layers that compute, with the ReLU behind fused in where the layer can.
  public var operations: [PlannedOperation] {
    stages.map { stage in
      let layer = layers[stage.layer]
      return PlannedOperation(
        layer: stage.layer, fusesRectifier: stage.isRectified, fusesPooling: stage.isPooled,
        choices: stage.operation.choices,
        forwardMultiplyAdds: layer.multiplyAccumulates,
        backwardMultiplyAdds: layer.parameters.isEmpty
          ? 0 : (stage.needsInputGradient ? 2 : 1) * layer.multiplyAccumulates)
    }
  }

  /// One operation of the running network.
  public struct PlannedOperation: Sendable {
    /// Its layer's number.
    public let layer: Int
    public let fusesRectifier: Bool
    public let fusesPooling: Bool
    public let choices: [PassChoice]
    /// Multiply-accumulates that each pass would take by direct computation, for one image.
    public let forwardMultiplyAdds: Int
    public let backwardMultiplyAdds: Int
  }

  /// What one image gives depends, in training, on the others of its batch: all of them must be in memory at a time.
  public var couplesImages: Bool { stages.contains { $0.operation.couplesImages } }

  /// The first layer that has one value a channel of each image and normalizes over the images of a batch: with a single
  /// image there is no variance, and the layer answers its shift whatever it is shown.
  public var needsCompany: PlannedLayer? {
    layers.first { $0.layer is BatchNorm && $0.input.height * $0.input.width == 1 }
  }

  public var output: Shape { layers.last?.output ?? input }
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
  public var multiplyAccumulates: Int { layers.reduce(0) { $0 + $1.multiplyAccumulates } }

  /// Multiply-accumulates of a training step for one image: forward, and again for each gradient that is taken.
  public var trainingMultiplyAccumulates: Int {
    var isInputTrained = false
    return layers.reduce(0) { total, layer in
      let passes = layer.parameters.isEmpty ? 0 : (isInputTrained ? 3 : 2)
      isInputTrained = isInputTrained || !layer.parameters.isEmpty
      return total + passes * layer.multiplyAccumulates
    }
  }
}

/// Where one parameter lies among all of them.
public struct ParameterSlot: Sendable, Hashable {
  /// As `torch.nn.Sequential` names it: `0.weight`.
  public let name: String
  public let layer: Int
  public let shape: [Int]
  public let start: ParameterShape.InitialValue
  /// Of the activation that the layer's input has come through since the last trained layer; 1 if there is none.
  public let squaredGain: Double
  public let kind: ParameterKind
  public let offset: Int
  public let count: Int

  /// The same for an optimizer.
  public var range: ParameterRange { ParameterRange(name: name, kind: kind, range: offset..<offset + count) }

  static func table(
    _ layers: [NetworkPlan.PlannedLayer], _ tensors: (NetworkPlan.PlannedLayer) -> [ParameterShape]
  ) -> [ParameterSlot] {
    var offset = 0
    var squaredGain = 1.0
    return layers.flatMap { layer in
      defer { squaredGain = layer.layer.squaredGain ?? (layer.parameters.isEmpty ? squaredGain : 1) }
      return tensors(layer).map { parameter in
        defer { offset += parameter.count.roundedUp(to: laneCount) }
        return ParameterSlot(
          name: "\(layer.index).\(parameter.name)", layer: layer.index, shape: parameter.shape, start: parameter.start,
          squaredGain: squaredGain, kind: parameter.kind, offset: offset, count: parameter.count)
      }
    }
  }

  /// Each starts on a cache line of its own.
  static func scalars(_ table: [ParameterSlot]) -> Int {
    table.last.map { $0.offset + $0.count.roundedUp(to: laneCount) } ?? 0
  }
}

extension Int {
  func roundedUp(to unit: Int) -> Int { self.plus(unit - 1) / unit * unit }
}
