import Kernels
import Tensors

/// The passes of a direct convolution, shared out to a team: by rows, a sequence's one row by columns, and the weight
/// gradient by bands.
struct DirectPasses: Sendable {
  let geometry: ConvolutionGeometry
  let hasBias: Bool
  private let weightGradient: WeightGradientPlan

  init(_ geometry: ConvolutionGeometry, hasBias: Bool) {
    self.geometry = geometry
    self.hasBias = hasBias
    weightGradient = WeightGradientPlan(geometry)
  }

  var prepared: Int { geometry.weightCount.times(2).plus(zeroCount).roundedUp(to: laneCount) }
  var partials: Int { weightGradient.bands.times(weightGradient.partialCount) }
  var scratch: Int { weightGradient.scratchVectors }

  private var zeroCount: Int { max(geometry.inputChannels, geometry.outputChannels) }

  func forwardWeights<Scalar>(_ memory: Values<Scalar>) -> Values<Scalar> {
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
    let patches = Patches(height: geometry.outputHeight, width: geometry.outputWidth)
    pass.team.run(patches.count) { share, _ in
      geometry.forward(
        rows: patches.rows(share), columns: patches.columns(share), pass.input, packed: weights, bias: bias,
        into: pass.output,
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
    let patches = Patches(
      height: geometry.inputHeight, width: geometry.inputWidth,
      least: (geometry.strideHeight, geometry.strideWidth))
    pass.team.run(patches.count) { share, _ in
      geometry.inputGradient(
        rows: patches.rows(share), columns: patches.columns(share), pass.outputGradient, packed: weights, zeros: zeros,
        into: inputGradient,
        mask: pass.inputIsRectified ? pass.input : nil)
    }
  }
}

/// Cuts an image into runs of whole rows or, where there are but a few rows, of columns too.
struct Patches {
  let count: Int
  let rows: (Int) -> Range<Int>
  let columns: (Int) -> Range<Int>

  init(height: Int, width: Int, least: (height: Int, width: Int) = (1, 1)) {
    let fewRows = 8
    let columnsWorthCutting = 16
    let down = shares(of: height, least: least.height)
    let across =
      height > fewRows
      ? (count: 1, range: { _ in 0..<width }) : shares(of: width, least: columnsWorthCutting * least.width)
    count = down.count * across.count
    rows = { down.range($0 / across.count) }
    columns = { across.range($0 % across.count) }
  }
}
