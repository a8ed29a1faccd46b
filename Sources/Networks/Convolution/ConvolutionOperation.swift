import Kernels
import Tensors

/// A convolution of packs, each pass by the algorithm that the plan chose for it.
struct ConvolutionOperation: PackOperation {
  let geometry: ConvolutionGeometry
  let hasBias: Bool
  let forwardAlgorithm: ConvolutionAlgorithm
  let backwardAlgorithm: ConvolutionAlgorithm
  private let direct: DirectPasses
  private var fourier: FourierPasses?
  private let needsInputGradient: Bool

  init(geometry: ConvolutionGeometry, hasBias: Bool, context: OperationContext) {
    self.geometry = geometry
    self.hasBias = hasBias
    needsInputGradient = context.needsInputGradient
    direct = DirectPasses(geometry, hasBias: hasBias)
    let estimates = Self.candidates(geometry, context).map {
      (
        algorithm: $0, forward: ConvolutionCost.forward(geometry, $0),
        backward: ConvolutionCost.backward(geometry, $0, needsInputGradient: context.needsInputGradient)
      )
    }
    forwardAlgorithm = estimates.min { $0.forward < $1.forward }?.algorithm ?? .direct
    backwardAlgorithm = estimates.min { $0.backward < $1.backward }?.algorithm ?? .direct
    let usesFourier = forwardAlgorithm == .fourier || backwardAlgorithm == .fourier
    fourier =
      usesFourier
      ? FourierConvolution(geometry, needsInputGradient: context.needsInputGradient).map {
        FourierPasses(plan: $0, hasBias: hasBias)
      } : nil
  }

  private static func candidates(
    _ geometry: ConvolutionGeometry, _ context: OperationContext
  ) -> [ConvolutionAlgorithm] {
    let fits = FourierConvolution(geometry, needsInputGradient: context.needsInputGradient) != nil
    return switch context.convolution {
    case .automatic: fits ? [.direct, .fourier] : [.direct]
    case .direct: [.direct]
    case .fourier: fits ? [.fourier] : [.direct]
    }
  }

  /// A tile's pixels are at hand when they are stored, so a pooling of 2 x 2 costs next to nothing there.
  func fusing(_ pooling: PoolingGeometry) -> (any Operation)? {
    guard pooling.isTwoByTwo, forwardAlgorithm == .fourier, backwardAlgorithm == .fourier, let fourier,
      fourier.plan.canPool
    else { return nil }
    var operation = self
    operation.fourier?.isPooled = true
    return operation
  }

  var needs: OperationNeeds {
    var needs = OperationNeeds()
    if forwardAlgorithm == .direct || backwardAlgorithm == .direct { needs.inputHalo = geometry.inputHalo }
    if backwardAlgorithm == .direct { needs.outputGradientHalo = geometry.outputGradientHalo }
    needs.prepared = direct.prepared.plus(fourier?.prepared ?? 0)
    needs.partials = backwardAlgorithm == .direct ? direct.partials : 0
    needs.lanePartials = backwardAlgorithm == .fourier ? fourier?.lanePartials ?? 0 : 0
    needs.scratch = max(direct.scratch, fourier?.scratch ?? 0)
    needs.kept = fourier?.kept ?? 0
    needs.fusesRectifier = true
    needs.masksInputGradient = true
    return needs
  }

  var choices: [PassChoice] {
    [
      PassChoice(
        pass: .forward, algorithm: forwardAlgorithm,
        estimate: ConvolutionCost.forward(geometry, forwardAlgorithm),
        directEstimate: ConvolutionCost.forward(geometry, .direct)),
      PassChoice(
        pass: .backward, algorithm: backwardAlgorithm,
        estimate: ConvolutionCost.backward(geometry, backwardAlgorithm, needsInputGradient: needsInputGradient),
        directEstimate: ConvolutionCost.backward(geometry, .direct, needsInputGradient: needsInputGradient)),
    ]
  }

  private func directMemory<Scalar>(_ pass: Pass<Scalar>) -> Values<Scalar> {
    pass.prepared.slice(0, count: direct.prepared)
  }

  private func fourierMemory<Scalar>(_ pass: Pass<Scalar>) -> Values<Scalar> {
    pass.prepared.slice(direct.prepared, count: pass.prepared.count - direct.prepared)
  }

  func prepare<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    if forwardAlgorithm == .direct || backwardAlgorithm == .direct {
      direct.prepare(pass, directMemory(pass))
    }
    fourier?.prepare(pass, fourierMemory(pass))
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    let bias = hasBias ? pass.parameters[1] : direct.zeros(directMemory(pass))
    if forwardAlgorithm == .fourier, let fourier {
      fourier.forward(pass, fourierMemory(pass), bias: bias)
    } else {
      direct.forward(pass, directMemory(pass), bias: bias)
    }
  }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    if backwardAlgorithm == .fourier, let fourier {
      fourier.backward(pass, fourierMemory(pass))
    } else {
      direct.backward(pass, directMemory(pass))
    }
  }
}
