import Kernels
import Tensors

/// The passes of a direct convolution, shared out to a team by rows and by bands of the weight gradient.
struct DirectPasses: Sendable {
  let geometry: ConvolutionGeometry
  let hasBias: Bool
  private let weightGradient: WeightGradientPlan

  init(_ geometry: ConvolutionGeometry, hasBias: Bool) {
    self.geometry = geometry
    self.hasBias = hasBias
    weightGradient = WeightGradientPlan(geometry)
  }

  var prepared: Int { (2 * geometry.weightCount + zeroCount).roundedUp(to: laneCount) }
  var partials: Int { weightGradient.bands * weightGradient.partialCount }
  var scratch: Int { weightGradient.scratchVectors }

  private var zeroCount: Int { max(geometry.inputChannels, geometry.outputChannels) }

  private func forwardWeights<Scalar>(_ memory: Values<Scalar>) -> Values<Scalar> {
    memory.slice(0, count: geometry.weightCount)
  }

  private func backwardWeights<Scalar>(_ memory: Values<Scalar>) -> Values<Scalar> {
    memory.slice(geometry.weightCount, count: geometry.weightCount)
  }

  /// Memory is zeroed when it is made, and nothing writes here.
  func zeros<Scalar>(_ memory: Values<Scalar>) -> Values<Scalar> {
    memory.slice(2 * geometry.weightCount, count: zeroCount)
  }

  func prepare<Scalar: LaneScalar>(_ pass: Pass<Scalar>, _ memory: Values<Scalar>) {
    geometry.packForward(pass.parameters[0], into: forwardWeights(memory))
    if pass.inputGradient != nil { geometry.packBackward(pass.parameters[0], into: backwardWeights(memory)) }
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>, _ memory: Values<Scalar>, bias: Values<Scalar>) {
    let weights = forwardWeights(memory)
    let rows = shares(of: geometry.outputHeight)
    pass.team.run(rows.count) { share, _ in
      geometry.forward(
        rows: rows.range(share), pass.input, packed: weights, bias: bias, into: pass.output,
        rectify: pass.rectifiesOutput)
    }
  }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>, _ memory: Values<Scalar>) {
    pass.team.run(weightGradient.shares) { share, worker in
      weightGradient.accumulate(
        share: share, input: pass.input, gradient: pass.outputGradient, scratch: pass.scratch[worker],
        partials: pass.partials)
    }
    let values = shares(of: weightGradient.partialCount, pieces: 16, least: 512)
    pass.team.run(values.count) { share, _ in
      weightGradient.reduce(
        values.range(share), partials: pass.partials, weights: pass.gradients[0],
        biases: hasBias ? pass.gradients[1] : nil)
    }
    guard let inputGradient = pass.inputGradient else { return }
    let weights = backwardWeights(memory)
    let zeros = zeros(memory)
    let rows = shares(of: geometry.inputHeight, least: geometry.strideHeight)
    pass.team.run(rows.count) { share, _ in
      geometry.inputGradient(
        rows: rows.range(share), pass.outputGradient, packed: weights, zeros: zeros, into: inputGradient,
        mask: pass.inputIsRectified ? pass.input : nil)
    }
  }
}
