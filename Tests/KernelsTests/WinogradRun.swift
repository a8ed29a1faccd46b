import Kernels
import Tensors

/// All passes of a convolution by minimal filtering, on anybody's tensors.
struct WinogradRun<Scalar: LaneScalar> {
  let plan: WinogradConvolution
  let input: PackView<Scalar>
  let gradient: OutputGradient<Scalar>
  let weights: Values<Scalar>
  let biases: Values<Scalar>
  /// Shares and steps are taken from the last to the first, and memory is full of `leftover` before each.
  var isReversed = false
  var leftover = 0.0
  var masks = false
  /// The forward pass has a max pooling of 2 x 2 behind it, and leaves its choices here.
  var choices: Values<SIMD16<UInt8>>?
  var rectifies = false

  func run(into output: PackView<Scalar>, inputGradient: PackView<Scalar>?) throws -> (
    weights: [Double], biases: [Double]
  ) {
    let scratch = try Storage<Lanes<Scalar>>(count: plan.scratchVectors)
    let forwardKernels = try Storage<Scalar>(count: plan.forwardPointCount)
    let backwardKernels = try Storage<Scalar>(count: plan.backwardPointCount)
    each(plan.weightShares, scratch) {
      plan.prepare(share: $0, weights, forward: forwardKernels.all, backward: backwardKernels.all)
    }
    let forward = WinogradForwardPass(
      input: input, kernels: forwardKernels.all, bias: biases, output: output, choices: choices, rectifies: rectifies)
    try self.forward(forward, scratch)
    let partials = try Storage<Lanes<Scalar>>(count: plan.backwardShares * plan.partialVectors)
    partials.all.fill(Lanes(repeating: Scalar(leftover)))
    let backward = WinogradBackwardPass(
      input: input, gradient: gradient, kernels: backwardKernels.all, partials: partials.all,
      inputGradient: plan.needsInputGradient ? inputGradient : nil, mask: masks ? input : nil)
    try self.backward(backward, scratch)
    let slopes = try Storage<Scalar>(count: plan.geometry.weightCount)
    let biasSlopes = try Storage<Scalar>(count: plan.geometry.outputChannels)
    each(plan.gradientShares, scratch) { plan.finish(share: $0, partials: partials.all, gradient: slopes.all) }
    plan.finishBiases(partials: partials.all, gradient: biasSlopes.all)
    return withExtendedLifetime((scratch, forwardKernels, backwardKernels, partials, slopes, biasSlopes)) {
      (slopes.all.array().map { Double($0) }, biasSlopes.all.array().map { Double($0) })
    }
  }

  private func each(_ count: Int, _ scratch: Storage<Lanes<Scalar>>, _ body: (Int) -> Void) {
    for share in isReversed ? Array((0..<count).reversed()) : Array(0..<count) {
      scratch.all.fill(Lanes(repeating: Scalar(leftover)))
      body(share)
    }
  }

  private func forward(_ pass: WinogradForwardPass<Scalar>, _ scratch: Storage<Lanes<Scalar>>) throws {
    if let shares = plan.forwardShares {
      each(shares, scratch) { plan.forward(share: $0, pass, scratch: scratch.all) }
      return
    }
    let shared = try Storage<Lanes<Scalar>>(count: plan.forwardSharedVectors)
    shared.all.fill(Lanes(repeating: Scalar(leftover)))
    for chunk in 0..<plan.forwardChunks {
      each(plan.inputPlanes, scratch) {
        plan.forwardPoints(chunk: chunk, plane: $0, pass, shared: shared.all, scratch: scratch.all)
      }
      each(WinogradConvolution.points, scratch) {
        plan.forwardProducts(chunk: chunk, point: $0, pass, shared: shared.all)
      }
      each(plan.geometry.outputChannels, scratch) {
        plan.forwardPixels(chunk: chunk, channel: $0, pass, shared: shared.all, scratch: scratch.all)
      }
    }
  }

  private func backward(_ pass: WinogradBackwardPass<Scalar>, _ scratch: Storage<Lanes<Scalar>>) throws {
    guard plan.sharesBackwardChunks else {
      each(plan.backwardShares, scratch) { plan.backward(share: $0, pass, scratch: scratch.all) }
      return
    }
    let shared = try Storage<Lanes<Scalar>>(count: plan.backwardSharedVectors)
    shared.all.fill(Lanes(repeating: Scalar(leftover)))
    for chunk in 0..<plan.backwardChunks {
      each(plan.windowPlanes, scratch) {
        plan.backwardPoints(chunk: chunk, plane: $0, pass, shared: shared.all, scratch: scratch.all)
      }
      each(plan.geometry.outputChannels, scratch) { plan.backwardBias(chunk: chunk, channel: $0, pass) }
      each(plan.ownSteps(chunk: chunk), scratch) {
        plan.backwardOwnPoints(chunk: chunk, step: $0, pass, shared: shared.all, scratch: scratch.all)
      }
      each(WinogradConvolution.points, scratch) {
        plan.backwardProducts(chunk: chunk, point: $0, pass, shared: shared.all)
      }
      guard plan.needsInputGradient else { continue }
      each(plan.inputPlanes, scratch) {
        plan.backwardPixels(chunk: chunk, channel: $0, pass, shared: shared.all, scratch: scratch.all)
      }
    }
  }
}
