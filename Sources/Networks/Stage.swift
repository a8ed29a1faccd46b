import Tensors

/// One operation of the running network: a layer, perhaps with the ReLU behind it fused in.
///
/// Layers that only rename the shape have no stage.
struct Stage: Sendable {
  let layer: Int
  var operation: any Operation
  var needs: OperationNeeds
  let input: Shape
  var output: Shape
  /// Something before this stage is trained, or it is the first one and the gradient of the network's input is taken.
  let needsInputGradient: Bool
  /// A ReLU follows and is part of this stage.
  var isRectified = false
  /// A max pooling follows and is part of this stage, behind the ReLU if there is one.
  var isPooled = false
  /// Its output's gradient is wanted: for its parameters, or on the way back to something before it.
  let isTrained: Bool

  /// The stage with the layer behind it as a part; nil if it cannot do that layer's work too.
  private func fusing(_ layer: NetworkPlan.PlannedLayer) -> Stage? {
    switch layer.layer.fusion {
    case .none: return nil
    case .rectifier:
      guard needs.fusesRectifier, !isRectified else { return nil }
      var stage = self
      stage.isRectified = true
      return stage
    case .maximum(let window):
      guard !isPooled, let fused = operation.fusing(window) else { return nil }
      return pooled(by: fused, output: layer.output)
    }
  }

  private func pooled(by operation: any Operation, output: Shape) -> Stage {
    var stage = self
    stage.operation = operation
    stage.needs = operation.needs
    stage.output = output
    stage.isPooled = true
    return stage
  }

  /// The gradient of the output must still be masked by the ReLU: by whoever makes it. A pooling sees to that itself.
  var leavesMasking: Bool { isRectified && !isPooled }

  static func stages(
    _ layers: [NetworkPlan.PlannedLayer], convolution: ConvolutionChoice, takesInputGradient: Bool
  ) -> [Stage] {
    var stages: [Stage] = []
    // The shape as it lies in memory, which a renaming layer leaves alone.
    var physical: Shape?
    for layer in layers {
      if let fused = stages.last?.fusing(layer) {
        stages[stages.count - 1] = fused
        physical = fused.isPooled ? fused.output : physical
        continue
      }
      let isInputTrained = stages.last?.isTrained ?? takesInputGradient
      let context = OperationContext(
        layer: layer.index, needsInputGradient: isInputTrained, convolution: convolution)
      guard let operation = layer.layer.operation(for: layer.input, context: context) else { continue }
      let keepsShape = layer.output == layer.input
      let input = physical ?? layer.input
      let output = keepsShape ? input : layer.output
      stages.append(
        Stage(
          layer: layer.index, operation: operation, needs: operation.needs, input: input, output: output,
          needsInputGradient: isInputTrained, isTrained: isInputTrained || !layer.parameters.isEmpty))
      physical = output
    }
    return stages
  }
}

/// Where every tensor of an executor lies: offsets into one block of vectors.
struct Arena: Sendable {
  struct Place: Sendable {
    let layout: PackLayout
    let offset: Int
  }

  /// Tensor 0 is the network's input, tensor i + 1 the output of stage i.
  let activations: [Place]
  /// The gradient of tensor i; nil where nobody wants it.
  let gradients: [Place?]
  let vectorCount: Int

  init(stages: [Stage], input: Shape) {
    let layouts = Arena.layouts(stages: stages, input: input)
    var next = 0
    func take(_ layout: PackLayout) -> Place {
      defer { next = next.plus(layout.vectorCount) }
      return Place(layout: layout, offset: next)
    }
    let activations = layouts.map(take)
    self.activations = activations
    gradients = layouts.indices.map { tensor in
      let isWanted = tensor == stages.count || stages[tensor].needsInputGradient
      guard isWanted && !stages.isEmpty else { return nil }
      // A gradient may lie where its tensor was, once the reader of the tensor is done with it and the
      // maker does not look back.
      let reader = tensor < stages.count ? stages[tensor].needs : nil
      let canShare = reader?.overwritesInput == true && tensor > 0 && !stages[tensor - 1].needs.readsOutput
      return canShare ? activations[tensor] : take(layouts[tensor])
    }
    vectorCount = next
  }

  /// For inference: no gradients, and tensors between the steps alone. What would lie between the stages of a step has the
  /// place of the step's output.
  init(inference steps: [InferenceStep], of stages: [Stage], input: Shape) {
    var next = 0
    func take(_ layout: PackLayout) -> Place {
      defer { next = next.plus(layout.vectorCount) }
      return Place(layout: layout, offset: next)
    }
    func halo(of tensor: Int) -> PackLayout.Halo { tensor < stages.count ? stages[tensor].needs.inputHalo : .none }
    var activations = [take(PackLayout(input, halo: halo(of: 0)))]
    for step in steps {
      let last = step.stages.upperBound
      let output = take(PackLayout(stages[last - 1].output, halo: halo(of: last)))
      activations += step.stages.map { _ in output }
    }
    self.activations = activations
    gradients = activations.map { _ in nil }
    vectorCount = next
  }

  /// Each tensor gets the widest halo that anybody who reads it or its gradient needs.
  private static func layouts(stages: [Stage], input: Shape) -> [PackLayout] {
    (0...stages.count).map { tensor in
      let shape = tensor == 0 ? input : stages[tensor - 1].output
      var halo = PackLayout.Halo.none
      if tensor < stages.count { halo = halo.union(stages[tensor].needs.inputHalo) }
      let makerPassesGradientOn = tensor >= 1 && stages[tensor - 1].needsInputGradient
      if makerPassesGradientOn { halo = halo.union(stages[tensor - 1].needs.outputGradientHalo) }
      return PackLayout(shape, halo: halo)
    }
  }
}
