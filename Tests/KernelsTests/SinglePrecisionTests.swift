import Kernels
import Tensors
import Testing

/// What single precision loses: all algorithms against direct convolution in double precision, on the same numbers,
/// for every convolution of the homework at its full size.
@Suite struct SinglePrecisionTests {
  static let layers: [ConvolutionGeometry] = [
    layer(3, 10, side: 256, kernel: 9, stride: 1), layer(10, 20, side: 248, kernel: 7, stride: 2),
    layer(20, 40, side: 121, kernel: 5, stride: 1), layer(40, 50, side: 58, kernel: 3, stride: 2),
  ]

  private static func layer(_ inputs: Int, _ outputs: Int, side: Int, kernel: Int, stride: Int) -> ConvolutionGeometry {
    ConvolutionGeometry(
      inputChannels: inputs, outputChannels: outputs, inputHeight: side, inputWidth: side, kernel: (kernel, kernel),
      stride: (stride, stride), padding: (0, 0))
  }

  @Test(arguments: layers.indices)
  func relativeErrors(layer: Int) throws {
    let geometry = Self.layers[layer]
    let truth = try Passes<Double>(geometry).direct()
    let single = try Passes<Float>(geometry)
    for result in [try single.direct(), try single.fourier()] {
      #expect(relativeError(result.output, truth.output) < 1e-6)
      #expect(relativeError(result.inputGradient, truth.inputGradient) < 1e-6)
      #expect(relativeError(result.weightGradient, truth.weightGradient) < 5e-6)
      #expect(relativeError(result.biasGradient, truth.biasGradient) < 5e-6)
    }
  }

  /// Layers of three taps: wide and narrow, first layers, phases, sizes that are no multiple of a tile.
  static let winograd: [(inputs: Int, outputs: Int, side: Int, kernel: Int, stride: Int, padding: Int)] = [
    (3, 32, 256, 3, 1, 1), (3, 16, 256, 5, 2, 2), (16, 32, 64, 3, 1, 1), (32, 64, 128, 3, 1, 1), (32, 64, 32, 3, 1, 1),
    (64, 96, 16, 3, 1, 1), (96, 128, 8, 3, 1, 1), (128, 128, 32, 3, 1, 1), (24, 40, 29, 3, 1, 0), (20, 18, 30, 5, 2, 2),
  ]

  /// Minimal filtering loses more than direct convolution does, up to 3.3 times as much in outputs and 5.9 times in weight
  /// gradients (docs/0033): its points lie far from the pixels that they are sums of. Twice as much was wanted.
  @Test(arguments: winograd.indices)
  func relativeErrorsOfMinimalFiltering(index: Int) throws {
    let layer = Self.winograd[index]
    let geometry = ConvolutionGeometry(
      inputChannels: layer.inputs, outputChannels: layer.outputs, inputHeight: layer.side, inputWidth: layer.side,
      kernel: (layer.kernel, layer.kernel), stride: (layer.stride, layer.stride),
      padding: (layer.padding, layer.padding))
    let truth = try Passes<Double>(geometry).direct()
    let single = try Passes<Float>(geometry)
    for needsInputGradient in layer.inputs > 3 ? [true] : [true, false] {
      let result = try single.winograd(needsInputGradient: needsInputGradient)
      func check(_ name: String, _ values: [Double], _ truth: [Double], below bound: Double) {
        let error = relativeError(values, truth)
        #expect(error < bound, "\(layer) \(name): \(error)")
      }
      check("output", result.output, truth.output, below: 8e-7)
      check("weights", result.weightGradient, truth.weightGradient, below: 2e-6)
      check("biases", result.biasGradient, truth.biasGradient, below: 2e-6)
      guard needsInputGradient else { continue }
      check("input", result.inputGradient, truth.inputGradient, below: 8e-7)
    }
  }

  /// The L2 norm of the difference, relative to the second's.
  private func relativeError(_ values: [Double], _ truth: [Double]) -> Double {
    var difference = 0.0
    var scale = 0.0
    for (value, exact) in zip(values, truth) {
      difference += (value - exact) * (value - exact)
      scale += exact * exact
    }
    return values.count == truth.count && scale > 0 ? (difference / scale).squareRoot() : .infinity
  }
}

/// All passes of one convolution on sixteen images of numbers that single precision holds exactly.
private struct Passes<Scalar: LaneScalar> {
  struct Result {
    var output: [Double] = []
    var inputGradient: [Double] = []
    var weightGradient: [Double] = []
    var biasGradient: [Double] = []
  }

  let geometry: ConvolutionGeometry
  let input: Pack<Scalar>
  let gradient: Pack<Scalar>
  let weights: Storage<Scalar>
  let biases: Storage<Scalar>

  init(_ geometry: ConvolutionGeometry) throws {
    self.geometry = geometry
    input = try Pack(Passes.inputShape(geometry), halo: geometry.inputHalo, seed: 1)
    gradient = try Pack(
      Passes.outputShape(geometry), halo: geometry.outputGradientHalo.union(.init(rows: 2, columns: 2)), seed: 2)
    weights = try Storage(count: geometry.weightCount)
    biases = try Storage(count: max(geometry.outputChannels, geometry.inputChannels))
    var noise = Noise(seed: 3)
    for index in 0..<geometry.weightCount { weights.all[index] = Scalar(noise.next()) }
    for index in 0..<geometry.outputChannels { biases.all[index] = Scalar(noise.next()) }
  }

  private static func inputShape(_ geometry: ConvolutionGeometry) -> Shape {
    Shape(channels: geometry.inputChannels, height: geometry.inputHeight, width: geometry.inputWidth)
  }

  private static func outputShape(_ geometry: ConvolutionGeometry) -> Shape {
    Shape(channels: geometry.outputChannels, height: geometry.outputHeight, width: geometry.outputWidth)
  }

  func direct() throws -> Result {
    var result = Result()
    let packed = try Storage<Scalar>(count: geometry.weightCount)
    let output = try Pack<Scalar>(Self.outputShape(geometry), halo: .none, seed: nil)
    geometry.packForward(weights.all, into: packed.all)
    geometry.forward(
      rows: 0..<geometry.outputHeight, input.view, packed: packed.all, bias: biases.all, into: output.view,
      rectify: false)
    let zeros = try Storage<Scalar>(count: geometry.inputChannels)
    let inputGradient = try Pack<Scalar>(Self.inputShape(geometry), halo: .none, seed: nil)
    geometry.packBackward(weights.all, into: packed.all)
    geometry.inputGradient(
      rows: 0..<geometry.inputHeight, gradient.view, packed: packed.all, zeros: zeros.all, into: inputGradient.view,
      mask: nil)
    let plan = WeightGradientPlan(geometry)
    let partials = try Storage<Scalar>(count: plan.bands * plan.partialCount)
    let scratch = try Storage<Lanes<Scalar>>(count: plan.scratchVectors)
    for share in 0..<plan.shares {
      plan.accumulate(
        share: share, input: input.view, gradient: gradient.view, scratch: scratch.all, partials: partials.all)
    }
    let slopes = try Storage<Scalar>(count: geometry.weightCount)
    let biasSlopes = try Storage<Scalar>(count: geometry.outputChannels)
    plan.reduce(0..<plan.partialCount, partials: partials.all, weights: slopes.all, biases: biasSlopes.all)
    result.output = output.numbers
    result.inputGradient = inputGradient.numbers
    result.weightGradient = slopes.all.array().map { Double($0) }
    result.biasGradient = biasSlopes.all.array().map { Double($0) }
    return result
  }

  func winograd(needsInputGradient: Bool) throws -> Result {
    var result = Result()
    let plan = try #require(WinogradConvolution(geometry, needsInputGradient: needsInputGradient))
    let output = try Pack<Scalar>(Self.outputShape(geometry), halo: .none, seed: nil)
    let inputGradient = try Pack<Scalar>(Self.inputShape(geometry), halo: .none, seed: nil)
    let slopes = try WinogradRun(
      plan: plan, input: input.view, gradient: OutputGradient(gradient.view), weights: weights.all, biases: biases.all
    ).run(into: output.view, inputGradient: inputGradient.view)
    result.output = output.numbers
    result.inputGradient = inputGradient.numbers
    result.weightGradient = slopes.weights
    result.biasGradient = slopes.biases
    return result
  }

  func fourier() throws -> Result {
    var result = Result()
    let plan = try #require(FourierConvolution(geometry, needsInputGradient: true))
    let scratch = try Storage<Lanes<Scalar>>(count: plan.scratchVectors)
    let forward = try Storage<Scalar>(count: plan.spectrumCount)
    let backward = try Storage<Scalar>(count: plan.spectrumCount)
    let partials = try Storage<Lanes<Scalar>>(count: plan.backwardShares * plan.partialVectors)
    let output = try Pack<Scalar>(Self.outputShape(geometry), halo: .none, seed: nil)
    let inputGradient = try Pack<Scalar>(Self.inputShape(geometry), halo: .none, seed: nil)
    for share in 0..<plan.weightShares {
      plan.prepare(share: share, weights.all, forward: forward.all, backward: backward.all, scratch: scratch.all)
    }
    for share in 0..<plan.forwardShares {
      plan.forward(
        share: share, input.view, spectra: forward.all, bias: biases.all, into: output.view, rectify: false,
        scratch: scratch.all)
    }
    for share in 0..<plan.backwardShares {
      plan.backward(
        share: share, input.view, OutputGradient(gradient.view), spectra: backward.all, partials: partials.all,
        inputGradient: inputGradient.view, mask: nil, scratch: scratch.all)
    }
    plan.reduce(0..<plan.partialVectors, partials: partials.all)
    let sums = partials.slice(at: 0, count: plan.partialVectors)
    let slopes = try Storage<Scalar>(count: geometry.weightCount)
    let biasSlopes = try Storage<Scalar>(count: geometry.outputChannels)
    for share in 0..<plan.weightShares {
      plan.finishWeights(share: share, sums: sums, gradient: slopes.all, scratch: scratch.all)
    }
    plan.finishBiases(sums: sums, gradient: biasSlopes.all)
    result.output = output.numbers
    result.inputGradient = inputGradient.numbers
    result.weightGradient = slopes.all.array().map { Double($0) }
    result.biasGradient = biasSlopes.all.array().map { Double($0) }
    return result
  }
}

/// A tensor of noise, or of zeros where no seed is given.
private struct Pack<Scalar: LaneScalar> {
  let view: PackView<Scalar>
  private let storage: Storage<Lanes<Scalar>>

  init(_ shape: Shape, halo: PackLayout.Halo, seed: UInt64?) throws {
    let layout = PackLayout(shape, halo: halo)
    storage = try Storage(count: layout.vectorCount)
    view = PackView(storage.all, layout: layout)
    guard let seed else { return }
    var noise = Noise(seed: seed)
    forEachPixel { pixel in
      for lane in 0..<laneCount { pixel.pointee[lane] = Scalar(noise.next()) }
    }
  }

  var numbers: [Double] {
    var numbers: [Double] = []
    numbers.reserveCapacity(view.channels * view.height * view.width * laneCount)
    forEachPixel { pixel in
      for lane in 0..<laneCount { numbers.append(Double(pixel.pointee[lane])) }
    }
    return numbers
  }

  private func forEachPixel(_ body: (UnsafeMutablePointer<Lanes<Scalar>>) -> Void) {
    for channel in 0..<view.channels {
      for row in 0..<view.height {
        for column in 0..<view.width { body(view.at(channel, row, column)) }
      }
    }
  }
}

/// Numbers in [-1, 1) with 24 bits: a linear congruential generator is enough for noise.
private struct Noise {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 23) - 1
  }
}
