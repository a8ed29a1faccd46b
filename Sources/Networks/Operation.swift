public import Kernels
public import Tensors
public import Workers

/// A layer's computation, bound to its shapes. It holds geometry only: memory comes with each pass, so that
/// one plan serves any number of executors, in single or double precision.
public protocol Operation: Sendable {
  var needs: OperationNeeds { get }

  /// What was chosen for each pass, by operations that have a choice.
  var choices: [PassChoice] { get }

  /// The same with a max pooling behind it, if it can do that in one go.
  func fusing(_ pooling: PoolingGeometry) -> (any Operation)?

  /// Once a step, after the weights have changed: puts them into the order that the kernels read.
  func prepare<Scalar: LaneScalar>(_ pass: Pass<Scalar>)

  /// In training, one image's output depends on the others of its batch, so that all packs of the batch must be in memory
  /// together. Otherwise packs may also come one by one.
  var couplesImages: Bool { get }

  /// Inference: computes `pass.output` from `pass.input`.
  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>)

  /// The training pass: computes the output of every pack.
  func forward<Scalar: LaneScalar>(_ batch: BatchPass<Scalar>)

  /// The way back from the training pass: computes the parameters' gradients, and `inputGradient` of every pack that has
  /// one. The packs' gradients of the parameters will be added up: each pack may hold its own, complete in itself, or the
  /// first one that of the whole batch and the others zero.
  func backward<Scalar: LaneScalar>(_ batch: BatchPass<Scalar>)
}

extension Operation {
  public var couplesImages: Bool { false }
  public func fusing(_ pooling: PoolingGeometry) -> (any Operation)? { nil }
  public var choices: [PassChoice] { [] }
  public func prepare<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {}
}

/// An operation that treats each pack by itself, and does the same in training as in inference.
public protocol PackOperation: Operation {
  /// Computes the parameters' gradients for this pack, complete in themselves, and `pass.inputGradient` if there is one.
  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>)
}

extension PackOperation {
  public func forward<Scalar: LaneScalar>(_ batch: BatchPass<Scalar>) {
    for pass in batch.packs { forward(pass) }
  }

  public func backward<Scalar: LaneScalar>(_ batch: BatchPass<Scalar>) {
    for pass in batch.packs { backward(pass) }
  }
}

/// The algorithm of one pass, and what the cost model expects of it.
public struct PassChoice: Sendable {
  public enum Pass: String, Sendable, Codable {
    case forward
    case backward
  }

  public let pass: Pass
  public let algorithm: ConvolutionAlgorithm
  /// What each algorithm that was allowed is expected to take, in nanoseconds an image on one core.
  public let estimates: [ConvolutionAlgorithm: Double]
  /// That of the one that was chosen.
  public var estimate: Double { estimates[algorithm] ?? .infinity }

  /// Of the core that the estimates are of.
  public static let gflops = ConvolutionCost.gflops
}

/// What an operation asks of its surroundings; the plan adds it all up before the first step.
public struct OperationNeeds: Sendable {
  /// Zeros around the input.
  public var inputHalo = PackLayout.Halo.none
  /// Zeros around the output's gradient, if the input's gradient is wanted.
  public var outputGradientHalo = PackLayout.Halo.none
  /// Scalars kept from `prepare` to the end of the step.
  public var prepared = 0
  /// Scalars and vectors that live within one call.
  public var partials = 0
  public var lanePartials = 0
  /// Bytes for each image, kept from `forward` to `backward`.
  public var kept = 0
  /// Vectors for each worker within one call.
  public var scratch = 0
  /// Can apply a ReLU to what it stores.
  public var fusesRectifier = false
  /// Stores the input's gradient only where the input is positive, when a fused ReLU made that input.
  public var masksInputGradient = false
  /// Reads its output in `backward`, which must therefore be kept.
  public var readsOutput = false
  /// Its input's gradient may take the place of its input.
  public var overwritesInput = false

  public init() {}
}

/// Everything one operation touches. The views are made once; no pass allocates.
public struct Pass<Scalar: LaneScalar>: Sendable {
  public let team: Team
  public internal(set) var input: PackView<Scalar>
  public internal(set) var output: PackView<Scalar>
  public let outputGradient: PackView<Scalar>
  /// Nil when nothing before this layer is trained.
  public let inputGradient: PackView<Scalar>?
  /// The layer's parameters in the order of `Layer.parameters(for:)`, and their gradients.
  public let parameters: [Values<Scalar>]
  public let gradients: [Values<Scalar>]
  /// In the order of `Layer.statistics(for:)`.
  public let statistics: [Values<Scalar>]
  public let prepared: Values<Scalar>
  public let partials: Values<Scalar>
  public let lanePartials: Values<Lanes<Scalar>>
  public let kept: Values<SIMD16<UInt8>>
  /// One for each worker.
  public let scratch: [Values<Lanes<Scalar>>]
  /// A ReLU follows and is fused into this operation's stores.
  public let rectifiesOutput: Bool
  /// A fused ReLU made the input.
  public let inputIsRectified: Bool
}

/// Cuts 0..<count into some `pieces` runs of at least `least` for a team to share.
func shares(of count: Int, pieces: Int = 64, least: Int = 1) -> (count: Int, range: (Int) -> Range<Int>) {
  let length = max(least, count / pieces, 1)
  return ((count + length - 1) / length, { ($0 * length)..<min(($0 + 1) * length, count) })
}
