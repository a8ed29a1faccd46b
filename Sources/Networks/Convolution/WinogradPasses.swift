import Kernels
import Tensors

/// The passes of a convolution by minimal filtering, shared out to a team: by chunks of tiles or, where there are few, step by
/// step by channels and points.
struct WinogradPasses: Sendable {
  let plan: WinogradConvolution
  let hasBias: Bool
  /// A max pooling of 2 x 2 is part of the passes.
  var isPooled = false

  /// Which pixel of each window was chosen.
  var kept: Int {
    isPooled
      ? plan.geometry.outputChannels.times(plan.geometry.outputHeight / 2).times(plan.geometry.outputWidth / 2) : 0
  }

  var prepared: Int { plan.forwardPointCount.plus(plan.backwardPointCount) }
  var forwardLanes: Int { plan.forwardSharedVectors }
  var backwardLanes: Int { partials.plus(plan.backwardSharedVectors) }
  var scratch: Int { plan.scratchVectors }

  private var partials: Int { plan.backwardShares.times(plan.partialVectors) }

  private func forwardKernels<Scalar>(_ memory: Values<Scalar>) -> Values<Scalar> {
    memory.slice(0, count: plan.forwardPointCount)
  }

  private func backwardKernels<Scalar>(_ memory: Values<Scalar>) -> Values<Scalar> {
    memory.slice(plan.forwardPointCount, count: plan.backwardPointCount)
  }

  func prepare<Scalar: LaneScalar>(_ pass: Pass<Scalar>, _ memory: Values<Scalar>) {
    let (forward, backward) = (forwardKernels(memory), backwardKernels(memory))
    pass.team.run(plan.weightShares) { share, _ in
      plan.prepare(share: share, pass.parameters[0], forward: forward, backward: backward)
    }
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>, _ memory: Values<Scalar>, bias: Values<Scalar>) {
    let work = WinogradForwardPass(
      input: pass.input, kernels: forwardKernels(memory), bias: bias, output: pass.output,
      choices: isPooled ? pass.kept : nil, rectifies: pass.rectifiesOutput)
    if let shares = plan.forwardShares {
      pass.team.run(shares) { share, worker in plan.forward(share: share, work, scratch: pass.scratch[worker]) }
      return
    }
    let shared = pass.lanePartials
    for chunk in 0..<plan.forwardChunks {
      pass.team.run(plan.inputPlanes) { plane, worker in
        plan.forwardPoints(chunk: chunk, plane: plane, work, shared: shared, scratch: pass.scratch[worker])
      }
      pass.team.run(WinogradConvolution.points) { point, _ in
        plan.forwardProducts(chunk: chunk, point: point, work, shared: shared)
      }
      pass.team.run(plan.geometry.outputChannels) { channel, worker in
        plan.forwardPixels(chunk: chunk, channel: channel, work, shared: shared, scratch: pass.scratch[worker])
      }
    }
  }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>, _ memory: Values<Scalar>) {
    let sums = pass.lanePartials.slice(0, count: partials)
    let work = WinogradBackwardPass(
      input: pass.input, gradient: OutputGradient(pass.outputGradient, choices: isPooled ? pass.kept : nil),
      kernels: backwardKernels(memory), partials: sums, inputGradient: pass.inputGradient,
      mask: pass.inputIsRectified ? pass.input : nil)
    if plan.sharesBackwardChunks {
      let shared = pass.lanePartials.slice(partials, count: plan.backwardSharedVectors)
      for chunk in 0..<plan.backwardChunks { backward(chunk: chunk, pass, work, shared) }
    } else {
      pass.team.run(plan.backwardShares) { share, worker in
        plan.backward(share: share, work, scratch: pass.scratch[worker])
      }
    }
    let vectors = shares(of: plan.gradientShares, least: 4)
    pass.team.run(vectors.count) { share, _ in
      for vector in vectors.range(share) { plan.finish(share: vector, partials: sums, gradient: pass.gradients[0]) }
    }
    if hasBias { plan.finishBiases(partials: sums, gradient: pass.gradients[1]) }
  }

  /// A chunk that all workers go through together.
  private func backward<Scalar: LaneScalar>(
    chunk: Int, _ pass: Pass<Scalar>, _ work: WinogradBackwardPass<Scalar>, _ shared: Values<Lanes<Scalar>>
  ) {
    let team = pass.team
    team.run(plan.windowPlanes) { plane, worker in
      plan.backwardPoints(chunk: chunk, plane: plane, work, shared: shared, scratch: pass.scratch[worker])
    }
    team.run(plan.geometry.outputChannels) { channel, _ in
      plan.backwardBias(chunk: chunk, channel: channel, work)
    }
    team.run(plan.ownSteps(chunk: chunk)) { step, worker in
      plan.backwardOwnPoints(chunk: chunk, step: step, work, shared: shared, scratch: pass.scratch[worker])
    }
    team.run(WinogradConvolution.points) { point, _ in
      plan.backwardProducts(chunk: chunk, point: point, work, shared: shared)
    }
    guard plan.needsInputGradient else { return }
    team.run(plan.inputPlanes) { channel, worker in
      plan.backwardPixels(chunk: chunk, channel: channel, work, shared: shared, scratch: pass.scratch[worker])
    }
  }
}
