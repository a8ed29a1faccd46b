public import Configuration
public import Kernels
public import Tensors

/// One layer of a network: what it is called in a job file, what it does to a shape, what it costs and how
/// it computes. Everything about a layer is in its one file; the catalogue adds one line.
public protocol Layer: Described {
  /// The shape it makes of `input`.
  /// - Throws: `ShapeMismatch` when it cannot take that shape.
  func output(for input: Shape) throws(ShapeMismatch) -> Shape

  /// Its trained tensors, in the order and with the names of PyTorch's module.
  func parameters(for input: Shape) -> [ParameterShape]

  /// What it keeps from training for inference without its being trained; saved with the parameters.
  func statistics(for input: Shape) -> [ParameterShape]

  /// Multiply-accumulates of the forward pass for one image.
  func multiplyAccumulates(for input: Shape) -> Int

  /// Of an activation: what the variance of the weights behind it should be multiplied by, so that the scale of the
  /// values stays the same from layer to layer. The square of `torch.nn.init.calculate_gain`; nil for other layers.
  var squaredGain: Double? { get }

  /// The columns of the table that `kiln describe` prints, for layers that have them.
  var window: LayerWindow? { get }

  /// What the operation before it may do in its place.
  var fusion: LayerFusion { get }

  /// The layer in a network that is trained: in training it computes what it does in inference.
  var frozen: any Layer { get }

  /// Computes the layer for this shape. Nil if the layer moves no value and only gives the shape another name.
  func operation(for input: Shape, context: OperationContext) -> (any Operation)?
}

extension Layer {
  public func parameters(for input: Shape) -> [ParameterShape] { [] }
  public func statistics(for input: Shape) -> [ParameterShape] { [] }
  public func multiplyAccumulates(for input: Shape) -> Int { 0 }
  public var squaredGain: Double? { nil }
  public var window: LayerWindow? { nil }
  public var fusion: LayerFusion { .none }
  public var frozen: any Layer { self }
}

/// A layer that the operation before it can do while it stores its output, if it knows how.
public enum LayerFusion: Sendable {
  case none
  /// max(value, 0).
  case rectifier
  /// The greatest value of each window.
  case maximum(PoolingGeometry)
}

/// What an operation is told of the network around it.
public struct OperationContext: Sendable {
  /// The layer's number.
  public let layer: Int
  /// Something before the layer is trained.
  public let needsInputGradient: Bool
  public let convolution: ConvolutionChoice

  public init(layer: Int, needsInputGradient: Bool, convolution: ConvolutionChoice) {
    self.layer = layer
    self.needsInputGradient = needsInputGradient
    self.convolution = convolution
  }
}

/// What slides over the image or along the sequence, if anything does.
public struct LayerWindow: Sendable, Hashable {
  public let kernel: Pair
  public let stride: Pair
  public let padding: Pair
  /// It slides along a sequence: its height is 1.
  public let isOneDimensional: Bool

  public init(kernel: Pair, stride: Pair, padding: Pair = Pair(0)) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    isOneDimensional = false
  }

  public init(length: Int, stride: Int, padding: Int = 0) {
    kernel = Pair(height: 1, width: length)
    self.stride = Pair(height: 1, width: stride)
    self.padding = Pair(height: 0, width: padding)
    isOneDimensional = true
  }
}

/// A trained tensor of one layer, or one that it keeps from training.
public struct ParameterShape: Sendable, Hashable {
  /// `weight`, `bias` or, of normalizations, `running_mean` and `running_var`.
  public let name: String
  public let shape: [Int]
  public let start: InitialValue
  public let kind: ParameterKind

  public enum InitialValue: Sendable, Hashable {
    /// Random, on a scale for outputs that sum over so many inputs.
    case random(fanIn: Int)
    case constant(Double)
  }

  public init(_ name: String, _ shape: [Int], _ start: InitialValue, kind: ParameterKind = .weight) {
    self.name = name
    self.shape = shape
    self.start = start
    self.kind = kind
  }

  public var count: Int { shape.reduce(1) { $0.times($1) } }
}

/// A layer got a shape that it cannot work on.
public struct ShapeMismatch: Error, Equatable {
  public let problem: String
  public let cure: String

  public init(_ problem: String, cure: String) {
    self.problem = problem
    self.cure = cure
  }
}
