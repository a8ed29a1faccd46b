import Kernels
import Tensors

/// A convolution of packs, each pass by the algorithm that the plan chose for it.
struct ConvolutionOperation: PackOperation {
  let geometry: ConvolutionGeometry
  let hasBias: Bool
  let forwardAlgorithm: ConvolutionAlgorithm
  let backwardAlgorithm: ConvolutionAlgorithm
  let direct: DirectPasses
  private(set) var fourier: FourierPasses?
  private var winograd: WinogradPasses?
  private let needsInputGradient: Bool
  private let estimates: [Estimate]

  /// What an algorithm is expected to take for both passes.
  private struct Estimate {
    let algorithm: ConvolutionAlgorithm
    let forward: Double
    let backward: Double
  }

  init(geometry: ConvolutionGeometry, hasBias: Bool, context: OperationContext) {
    let estimates = Self.candidates(geometry, context).map {
      Estimate(
        algorithm: $0, forward: ConvolutionCost.forward(geometry, $0),
        backward: ConvolutionCost.backward(geometry, $0, needsInputGradient: context.needsInputGradient))
    }
    self.init(
      geometry: geometry, hasBias: hasBias, needsInputGradient: context.needsInputGradient, estimates,
      forward: estimates.min { $0.forward < $1.forward }?.algorithm ?? .direct,
      backward: estimates.min { $0.backward < $1.backward }?.algorithm ?? .direct)
  }

  private init(
    geometry: ConvolutionGeometry, hasBias: Bool, needsInputGradient: Bool, _ estimates: [Estimate],
    forward: ConvolutionAlgorithm, backward: ConvolutionAlgorithm
  ) {
    self.geometry = geometry
    self.hasBias = hasBias
    self.needsInputGradient = needsInputGradient
    self.estimates = estimates
    forwardAlgorithm = forward
    backwardAlgorithm = backward
    direct = DirectPasses(geometry, hasBias: hasBias)
    let used = [forward, backward]
    fourier =
      used.contains(.fourier)
      ? FourierConvolution(geometry, needsInputGradient: needsInputGradient).map {
        FourierPasses(plan: $0, hasBias: hasBias)
      } : nil
    winograd =
      used.contains(.winograd)
      ? WinogradConvolution(geometry, needsInputGradient: needsInputGradient).map {
        WinogradPasses(plan: $0, hasBias: hasBias)
      } : nil
  }

  private static func candidates(
    _ geometry: ConvolutionGeometry, _ context: OperationContext
  ) -> [ConvolutionAlgorithm] {
    let fitsFourier = FourierConvolution(geometry, needsInputGradient: context.needsInputGradient) != nil
    let fitsWinograd = WinogradConvolution(geometry, needsInputGradient: context.needsInputGradient) != nil
    return switch context.convolution {
    case .automatic: [.direct] + (fitsFourier ? [.fourier] : []) + (fitsWinograd ? [.winograd] : [])
    case .direct: [.direct]
    case .fourier: fitsFourier ? [.fourier] : [.direct]
    case .winograd: fitsWinograd ? [.winograd] : [.direct]
    }
  }

  /// A tile's pixels are at hand when they are stored, so a pooling of 2 x 2 costs next to nothing there. Both passes must then
  /// go by tiles; that may be worth more than the best algorithm for each pass.
  func fusing(_ pooling: PoolingGeometry) -> (any Operation)? {
    guard pooling.isTwoByTwo else { return nil }
    let fused = estimates.filter { canPool($0.algorithm) }.min { $0.forward + $0.backward < $1.forward + $1.backward }
    let apart = choices.reduce(ConvolutionCost.pooling(geometry)) { $0 + $1.estimate }
    guard let fused, fused.forward + fused.backward <= apart else { return nil }
    var operation = ConvolutionOperation(
      geometry: geometry, hasBias: hasBias, needsInputGradient: needsInputGradient, estimates,
      forward: fused.algorithm, backward: fused.algorithm)
    operation.fourier?.isPooled = true
    operation.winograd?.isPooled = true
    return operation
  }

  private func canPool(_ algorithm: ConvolutionAlgorithm) -> Bool {
    switch algorithm {
    case .direct: false
    case .fourier: FourierConvolution(geometry, needsInputGradient: needsInputGradient)?.canPool == true
    case .winograd: true
    }
  }

  var needs: OperationNeeds {
    var needs = OperationNeeds()
    if uses(.direct) { needs.inputHalo = geometry.inputHalo }
    if backwardAlgorithm == .direct { needs.outputGradientHalo = geometry.outputGradientHalo }
    if let winograd {
      needs.inputHalo = winograd.plan.inputHalo
      if backwardAlgorithm == .winograd { needs.outputGradientHalo = winograd.plan.outputGradientHalo }
    }
    needs.prepared = direct.prepared.plus(fourier?.prepared ?? 0).plus(winograd?.prepared ?? 0)
    needs.partials = backwardAlgorithm == .direct ? direct.partials : 0
    needs.lanePartials = forwardLanes
    if backwardAlgorithm == .winograd { needs.lanePartials = max(needs.lanePartials, winograd?.backwardLanes ?? 0) }
    if backwardAlgorithm == .fourier { needs.lanePartials = max(needs.lanePartials, fourier?.lanePartials ?? 0) }
    needs.scratch = max(direct.scratch, fourier?.scratch ?? 0, winograd?.scratch ?? 0)
    needs.kept = (fourier?.kept ?? 0).plus(winograd?.kept ?? 0)
    needs.fusesRectifier = true
    needs.masksInputGradient = true
    return needs
  }

  /// Vectors that the forward pass needs for all workers together.
  var forwardLanes: Int { forwardAlgorithm == .winograd ? winograd?.forwardLanes ?? 0 : 0 }

  private func uses(_ algorithm: ConvolutionAlgorithm) -> Bool {
    forwardAlgorithm == algorithm || backwardAlgorithm == algorithm
  }

  var choices: [PassChoice] {
    func all(_ cost: (Estimate) -> Double) -> [ConvolutionAlgorithm: Double] {
      Dictionary(uniqueKeysWithValues: estimates.map { ($0.algorithm, cost($0)) })
    }
    return [
      PassChoice(pass: .forward, algorithm: forwardAlgorithm, estimates: all(\.forward)),
      PassChoice(pass: .backward, algorithm: backwardAlgorithm, estimates: all(\.backward)),
    ]
  }

  func directMemory<Scalar>(_ pass: Pass<Scalar>) -> Values<Scalar> {
    pass.prepared.slice(0, count: direct.prepared)
  }

  func fourierMemory<Scalar>(_ pass: Pass<Scalar>) -> Values<Scalar> {
    pass.prepared.slice(direct.prepared, count: fourier?.prepared ?? 0)
  }

  private func winogradMemory<Scalar>(_ pass: Pass<Scalar>) -> Values<Scalar> {
    pass.prepared.slice(direct.prepared + (fourier?.prepared ?? 0), count: winograd?.prepared ?? 0)
  }

  func prepare<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    if uses(.direct) { direct.prepare(pass, directMemory(pass)) }
    fourier?.prepare(pass, fourierMemory(pass))
    winograd?.prepare(pass, winogradMemory(pass))
  }

  /// Zeros if the layer has none.
  func bias<Scalar>(_ pass: Pass<Scalar>) -> Values<Scalar> {
    hasBias ? pass.parameters[1] : direct.zeros(directMemory(pass))
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    let bias = bias(pass)
    if forwardAlgorithm == .fourier, let fourier {
      fourier.forward(pass, fourierMemory(pass), bias: bias)
    } else if forwardAlgorithm == .winograd, let winograd {
      winograd.forward(pass, winogradMemory(pass), bias: bias)
    } else {
      direct.forward(pass, directMemory(pass), bias: bias)
    }
  }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    if backwardAlgorithm == .fourier, let fourier {
      fourier.backward(pass, fourierMemory(pass))
    } else if backwardAlgorithm == .winograd, let winograd {
      winograd.backward(pass, winogradMemory(pass))
    } else {
      direct.backward(pass, directMemory(pass))
    }
  }
}
