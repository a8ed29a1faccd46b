import Kernels
import Tensors

/// The passes of a convolution in the Fourier domain, shared out to a team by tiles.
struct FourierPasses: Sendable {
  let plan: FourierConvolution
  let hasBias: Bool
  /// A max pooling of 2 x 2 is part of the passes.
  var isPooled = false

  /// Which pixel of each window was chosen.
  var kept: Int {
    isPooled
      ? plan.geometry.outputChannels.times(plan.geometry.outputHeight / 2).times(plan.geometry.outputWidth / 2) : 0
  }

  var prepared: Int { (plan.needsInputGradient ? 2 : 1) * plan.spectrumCount }
  var lanePartials: Int { plan.backwardShares.times(plan.partialVectors) }
  var scratch: Int { plan.scratchVectors }

  func forwardSpectra<Scalar>(_ memory: Values<Scalar>) -> Values<Scalar> {
    memory.slice(0, count: plan.spectrumCount)
  }

  private func backwardSpectra<Scalar>(_ memory: Values<Scalar>) -> Values<Scalar> {
    memory.slice(prepared - plan.spectrumCount, count: plan.spectrumCount)
  }

  func prepare<Scalar: LaneScalar>(_ pass: Pass<Scalar>, _ memory: Values<Scalar>) {
    let forward = forwardSpectra(memory)
    let backward = backwardSpectra(memory)
    pass.team.run(plan.weightShares) { share, worker in
      plan.prepare(
        share: share, pass.parameters[0], forward: forward, backward: backward, scratch: pass.scratch[worker])
    }
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>, _ memory: Values<Scalar>, bias: Values<Scalar>) {
    let spectra = forwardSpectra(memory)
    let pooled = isPooled ? PooledOutput(pass.output, choices: pass.kept) : nil
    pass.team.run(plan.forwardShares) { share, worker in
      if let pooled {
        plan.forward(
          share: share, pass.input, spectra: spectra, bias: bias, into: pooled, rectify: pass.rectifiesOutput,
          scratch: pass.scratch[worker])
      } else {
        plan.forward(
          share: share, pass.input, spectra: spectra, bias: bias, into: pass.output, rectify: pass.rectifiesOutput,
          scratch: pass.scratch[worker])
      }
    }
  }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>, _ memory: Values<Scalar>) {
    let spectra = backwardSpectra(memory)
    let partials = pass.lanePartials.slice(0, count: lanePartials)
    let gradient = OutputGradient(pass.outputGradient, choices: isPooled ? pass.kept : nil)
    pass.team.run(plan.backwardShares) { share, worker in
      plan.backward(
        share: share, pass.input, gradient, spectra: spectra, partials: partials,
        inputGradient: pass.inputGradient, mask: pass.inputIsRectified ? pass.input : nil,
        scratch: pass.scratch[worker])
    }
    let vectors = shares(of: plan.partialVectors, least: 64)
    pass.team.run(vectors.count) { share, _ in plan.reduce(vectors.range(share), partials: partials) }
    let sums = partials.slice(0, count: plan.partialVectors)
    pass.team.run(plan.weightShares) { share, worker in
      plan.finishWeights(share: share, sums: sums, gradient: pass.gradients[0], scratch: pass.scratch[worker])
    }
    if hasBias { plan.finishBiases(sums: sums, gradient: pass.gradients[1]) }
  }
}
