import Kernels
import Tensors
import Testing

/// Convolution in the Fourier domain against the direct kernels, which are checked against their definition.
@Suite struct FourierConvolutionTests {
  /// Rounding of three transforms and a few thousand products, in double precision.
  static let bound = 1e-12

  struct Sample {
    let geometry: ConvolutionGeometry
    let plan: FourierConvolution
    let weights: List
    let biases: List
    let input: Sheet
    let gradient: Sheet

    init(_ geometry: ConvolutionGeometry, needsInputGradient: Bool, _ dice: inout Dice) throws {
      self.geometry = geometry
      plan = try #require(FourierConvolution(geometry, needsInputGradient: needsInputGradient))
      weights = try List(dice.numbers(geometry.weightCount))
      biases = try List(dice.numbers(geometry.outputChannels))
      input = try Sheet(ConvolutionTests.Case.inputShape(geometry), halo: geometry.inputHalo, random: &dice)
      gradient = try Sheet(
        ConvolutionTests.Case.outputShape(geometry), halo: geometry.outputGradientHalo, random: &dice)
    }

    /// Kernels of 1 to 11 taps, strides of 1 to 3, odd sizes, up to 64 channels; those whose phases fit a tile.
    static func random(seed: Int) throws -> Sample {
      var dice = Dice(seed: seed)
      let isWide = seed % 4 == 0
      let stride = (dice.integer(in: 1...3), dice.integer(in: 1...3))
      let kernel = (
        dice.integer(in: 1...(stride.0 == 1 ? 9 : 11)), dice.integer(in: 1...(stride.1 == 1 ? 9 : 11))
      )
      let padding = (dice.integer(in: 0...(kernel.0 / 2)), dice.integer(in: 0...(kernel.1 / 2)))
      let geometry = ConvolutionGeometry(
        inputChannels: isWide ? dice.integer(in: 13...64) : dice.integer(in: 1...6),
        outputChannels: isWide ? dice.integer(in: 11...64) : dice.integer(in: 1...13),
        inputHeight: max(kernel.0 - 2 * padding.0, 1) + dice.integer(in: 0...(isWide ? 9 : 50)),
        inputWidth: max(kernel.1 - 2 * padding.1, 1) + dice.integer(in: 0...(isWide ? 9 : 70)),
        kernel: kernel, stride: stride, padding: padding)
      return try Sample(geometry, needsInputGradient: seed % 3 != 0, &dice)
    }
  }

  @Test(arguments: 0..<48)
  func agreesWithDirectConvolution(seed: Int) throws {
    let sample = try Sample.random(seed: seed)
    let fourier = try FourierRun(sample)
    let direct = try DirectRun(sample)
    #expect(worstDifference(fourier.output.pixels, direct.output.pixels) < Self.bound, "\(sample.geometry)")
    #expect(fourier.output.isUntouchedAround() && fourier.inputGradient.isUntouchedAround())
    #expect(worstDifference(fourier.weightGradient, direct.weightGradient) < Self.bound, "\(sample.geometry)")
    #expect(worstDifference(fourier.biasGradient, direct.biasGradient) < Self.bound, "\(sample.geometry)")
    guard sample.plan.needsInputGradient else { return }
    #expect(worstDifference(fourier.inputGradient.pixels, direct.inputGradient.pixels) < Self.bound)
  }

  /// Of 25 chunks, two to a share: the second one adds to the sums that the first one left.
  @Test func sharesOfSeveralChunks() throws {
    var dice = Dice(seed: 1)
    let geometry = ConvolutionGeometry(
      inputChannels: 40, outputChannels: 40, inputHeight: 345, inputWidth: 20, kernel: (3, 3), stride: (1, 1),
      padding: (1, 1))
    let sample = try Sample(geometry, needsInputGradient: true, &dice)
    #expect(sample.plan.backwardShares == 13)
    let fourier = try FourierRun(sample, leftover: .nan)
    let direct = try DirectRun(sample)
    #expect(worstDifference(fourier.weightGradient, direct.weightGradient) < Self.bound)
    #expect(worstDifference(fourier.biasGradient, direct.biasGradient) < Self.bound)
  }

  /// The same bits in whatever order the tiles are taken, and whatever was in memory before.
  @Test(arguments: [1, 4, 5, 8])
  func sharesInAnyOrder(seed: Int) throws {
    let sample = try Sample.random(seed: seed)
    let once = try FourierRun(sample)
    let again = try FourierRun(sample, isReversed: true, leftover: .nan)
    #expect(once.output.pixels == again.output.pixels)
    #expect(once.weightGradient == again.weightGradient && once.biasGradient == again.biasGradient)
    if sample.plan.needsInputGradient { #expect(once.inputGradient.pixels == again.inputGradient.pixels) }
  }

  @Test(arguments: [1, 2, 7])
  func masksByTheActivationBelow(seed: Int) throws {
    let sample = try Sample.random(seed: seed)
    let plain = try FourierRun(sample)
    let masked = try FourierRun(sample, masks: true)
    guard sample.plan.needsInputGradient else { return }
    for index in 0..<sample.input.shape.count {
      #expect(
        masked.inputGradient[index] == plain.inputGradient[index].replacing(with: 0, where: sample.input[index] .<= 0))
    }
  }

  @Test func aKernelThatLeavesNoRoomInATileIsRefused() {
    let geometry = ConvolutionGeometry(
      inputChannels: 1, outputChannels: 1, inputHeight: 40, inputWidth: 40, kernel: (10, 3), stride: (1, 1),
      padding: (0, 0))
    #expect(FourierConvolution(geometry, needsInputGradient: true) == nil)
  }
}

/// All passes by Fourier transforms.
struct FourierRun {
  let output: Sheet
  let inputGradient: Sheet
  var weightGradient: [Lanes<Double>] = []
  var biasGradient: [Lanes<Double>] = []

  init(
    _ sample: FourierConvolutionTests.Sample, isReversed: Bool = false, leftover: Double = 0, masks: Bool = false
  ) throws {
    let (plan, geometry) = (sample.plan, sample.geometry)
    let scratch = try Storage<Lanes<Double>>(count: plan.scratchVectors)
    let forward = try List(count: plan.spectrumCount)
    let backward = try List(count: plan.spectrumCount)
    let partials = try Storage<Lanes<Double>>(count: plan.backwardShares * plan.partialVectors)
    partials.all.fill(Lanes(repeating: leftover))
    output = try Sheet(sample.gradient.shape)
    inputGradient = try Sheet(sample.input.shape, halo: masks ? geometry.inputHalo : .none)
    func run(_ count: Int, _ body: (Int) -> Void) {
      for share in isReversed ? Array((0..<count).reversed()) : Array(0..<count) {
        scratch.all.fill(Lanes(repeating: leftover))
        body(share)
      }
    }
    run(plan.weightShares) {
      plan.prepare(
        share: $0, sample.weights.values, forward: forward.values, backward: backward.values, scratch: scratch.all)
    }
    run(plan.forwardShares) {
      plan.forward(
        share: $0, sample.input.view, spectra: forward.values, bias: sample.biases.values, into: output.view,
        rectify: false, scratch: scratch.all)
    }
    run(plan.backwardShares) {
      plan.backward(
        share: $0, sample.input.view, OutputGradient(sample.gradient.view), spectra: backward.values,
        partials: partials.all, inputGradient: plan.needsInputGradient ? inputGradient.view : nil,
        mask: masks ? sample.input.view : nil, scratch: scratch.all)
    }
    plan.reduce(0..<plan.partialVectors, partials: partials.all)
    let sums = partials.slice(at: 0, count: plan.partialVectors)
    let weights = try List(count: geometry.weightCount)
    let biases = try List(count: geometry.outputChannels)
    run(plan.weightShares) {
      plan.finishWeights(share: $0, sums: sums, gradient: weights.values, scratch: scratch.all)
    }
    plan.finishBiases(sums: sums, gradient: biases.values)
    weightGradient = weights.array.map { Lanes(repeating: $0) }
    biasGradient = biases.array.map { Lanes(repeating: $0) }
  }
}

/// All passes by the direct kernels.
struct DirectRun {
  let output: Sheet
  let inputGradient: Sheet
  var weightGradient: [Lanes<Double>] = []
  var biasGradient: [Lanes<Double>] = []

  init(_ sample: FourierConvolutionTests.Sample) throws {
    let geometry = sample.geometry
    let packed = try List(count: geometry.weightCount)
    output = try Sheet(sample.gradient.shape)
    geometry.packForward(sample.weights.values, into: packed.values)
    geometry.forward(
      rows: 0..<geometry.outputHeight, sample.input.view, packed: packed.values, bias: sample.biases.values,
      into: output.view, rectify: false)
    inputGradient = try Sheet(sample.input.shape)
    let zeros = try List(count: geometry.inputChannels)
    geometry.packBackward(sample.weights.values, into: packed.values)
    geometry.inputGradient(
      rows: 0..<geometry.inputHeight, sample.gradient.view, packed: packed.values,
      zeros: zeros.values, into: inputGradient.view, mask: nil)
    let plan = WeightGradientPlan(geometry)
    let partials = try List(count: plan.bands * plan.partialCount)
    let scratch = try Storage<Lanes<Double>>(count: plan.scratchVectors)
    for share in 0..<plan.shares {
      plan.accumulate(
        share: share, input: sample.input.view, gradient: sample.gradient.view, scratch: scratch.all,
        partials: partials.values)
    }
    let weights = try List(count: geometry.weightCount)
    let biases = try List(count: geometry.outputChannels)
    plan.reduce(
      0..<plan.partialCount, partials: partials.values, weights: weights.values, biases: biases.values)
    weightGradient = weights.array.map { Lanes(repeating: $0) }
    biasGradient = biases.array.map { Lanes(repeating: $0) }
  }
}
