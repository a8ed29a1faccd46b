import Kernels
import Tensors

extension ConvolutionOperation: ImageOperation {
  func imageVersion(of input: Shape, output: Shape, pools: Bool) -> (any ImageVersion)? {
    if forwardAlgorithm == .direct { return DirectImageVersion(operation: self) }
    guard forwardAlgorithm == .fourier, let fourier else { return nil }
    return FourierImageVersion(operation: self, plan: fourier.plan, pools: pools)
  }
}

/// A direct convolution with sixteen output channels in the lanes.
private struct DirectImageVersion: ImageVersion {
  let operation: ConvolutionOperation

  var needs: ImageNeeds {
    var needs = ImageNeeds()
    needs.inputFrame = operation.geometry.imageFrame
    needs.prepared = operation.geometry.imageWeightVectors
    needs.places = ChannelImage.placeCount
    needs.scratch = operation.geometry.imageScratchVectors
    return needs
  }

  private func image(_ pass: ImagePass) -> ChannelImage {
    ChannelImage(
      operation.geometry, input: pass.input, output: pass.output, epilogue: pass.epilogue, memory: pass.prepared,
      places: pass.places)
  }

  func prepare(_ pass: ImagePass) {
    image(pass).prepare(weights: pass.pack.parameters[0], bias: operation.bias(pass.pack))
  }

  func forward(_ pass: ImagePass) {
    let image = image(pass)
    pass.pack.team.run(image.shares) { share, worker in
      image.forward(share: share, scratch: pass.scratch[worker])
    }
  }
}

/// A convolution in the Fourier domain with sixteen tiles in the lanes.
private struct FourierImageVersion: ImageVersion {
  let operation: ConvolutionOperation
  let plan: FourierConvolution
  let pools: Bool

  /// With so few groups of tiles a team shares the steps within them; with more, the groups themselves.
  private static let fewGroups = 3
  private static let mostGroupsInChunk = 4
  private static let mostShares = 16

  private var isSharedBySteps: Bool { plan.imageGroups <= Self.fewGroups }

  /// Groups that a worker takes through all steps at once.
  private var chunk: Int {
    isSharedBySteps
      ? plan.imageGroups : min(max(plan.imageGroups / Self.mostShares, 1), Self.mostGroupsInChunk)
  }

  var needs: ImageNeeds {
    var needs = ImageNeeds()
    needs.inputFrame = plan.imageFrame
    needs.outputFrame = plan.imageOutputFrame(pools: pools)
    needs.places = plan.imagePlaceCount
    needs.scratch = plan.imageScratchVectors(groups: chunk)
    return needs
  }

  private func image(_ pass: ImagePass) -> FourierImage {
    FourierImage(
      plan, input: pass.input, output: pass.output, epilogue: pass.epilogue, places: pass.places,
      spectra: operation.forwardSpectra(pass.pack), bias: operation.bias(pass.pack))
  }

  func prepare(_ pass: ImagePass) { image(pass).fillPlaces() }

  func forward(_ pass: ImagePass) {
    let image = image(pass)
    let team = pass.pack.team
    if isSharedBySteps {
      let shared = pass.scratch[0]
      let inputs = shares(of: plan.geometry.inputChannels)
      team.run(inputs.count) { share, worker in
        image.transform(channels: inputs.range(share), shared: shared, own: pass.scratch[worker])
      }
      let frequencies = shares(of: FourierImage.frequencies, pieces: 16)
      team.run(frequencies.count) { share, _ in image.multiply(frequencies: frequencies.range(share), shared: shared) }
      let outputs = shares(of: plan.geometry.outputChannels)
      team.run(outputs.count) { share, worker in
        image.store(channels: outputs.range(share), shared: shared, own: pass.scratch[worker])
      }
    } else {
      let chunks = (plan.imageGroups + chunk - 1) / chunk
      team.run(chunks) { share, worker in
        let groups = (share * chunk)..<min((share + 1) * chunk, plan.imageGroups)
        image.forward(groups: groups, scratch: pass.scratch[worker])
      }
    }
  }
}

extension ConvolutionOperation {
  fileprivate func forwardSpectra(_ pass: Pass<Float>) -> Values<Float> {
    fourier?.forwardSpectra(fourierMemory(pass)) ?? fourierMemory(pass)
  }
}
