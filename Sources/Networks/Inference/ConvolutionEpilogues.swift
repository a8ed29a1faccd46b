import Kernels
import Tensors

/// Convolutions whose inference pools, normalizes and rectifies what it stores, by the algorithms that know how.
extension ConvolutionOperation: EpilogueTaking {
  func takesEpilogue(pooling: Bool) -> Bool {
    if forwardAlgorithm == .direct { return true }
    guard forwardAlgorithm == .fourier, let fourier else { return false }
    return !pooling || fourier.plan.tilesHoldWindows
  }

  var inferenceNeeds: OperationNeeds {
    var needs = needs
    needs.lanePartials = forwardLanes
    needs.partials = 0
    // Minimal filtering writes down what its pooling chose, whoever asks.
    if forwardAlgorithm != .winograd { needs.kept = 0 }
    if forwardAlgorithm == .direct { needs.scratch = max(needs.scratch, geometry.epilogueScratchVectors) }
    return needs
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>, epilogue: Epilogue<Scalar>) {
    if forwardAlgorithm == .fourier, let fourier {
      fourier.forward(pass, fourierMemory(pass), bias: bias(pass), epilogue: epilogue)
    } else {
      direct.forward(pass, directMemory(pass), bias: bias(pass), epilogue: epilogue)
    }
  }
}

extension FourierPasses {
  func forward<Scalar: LaneScalar>(
    _ pass: Pass<Scalar>, _ memory: Values<Scalar>, bias: Values<Scalar>, epilogue: Epilogue<Scalar>
  ) {
    let spectra = forwardSpectra(memory)
    pass.team.run(plan.forwardShares) { share, worker in
      plan.forward(
        share: share, pass.input, spectra: spectra, bias: bias, into: pass.output, epilogue: epilogue,
        scratch: pass.scratch[worker])
    }
  }
}

extension DirectPasses {
  func forward<Scalar: LaneScalar>(
    _ pass: Pass<Scalar>, _ memory: Values<Scalar>, bias: Values<Scalar>, epilogue: Epilogue<Scalar>
  ) {
    let weights = forwardWeights(memory)
    let patches = Patches(height: pass.output.height, width: pass.output.width)
    pass.team.run(patches.count) { share, worker in
      for row in patches.rows(share) {
        geometry.forward(
          row: row, columns: patches.columns(share), pass.input, packed: weights, bias: bias, epilogue: epilogue,
          into: pass.output, scratch: pass.scratch[worker])
      }
    }
  }
}
