import Kernels
import Tensors
import Testing

/// Convolution by minimal filtering against the direct kernels, which are checked against their definition.
@Suite struct WinogradConvolutionTests {
  /// Rounding of the transforms and a few thousand products, in double precision. Some points lie far from the pixels:
  /// the error is larger than that of Fourier transforms.
  static let bound = 1e-12

  /// Kernels of up to three taps a phase, strides of 1 to 3, any padding, odd sizes; among them images of few and of many
  /// tiles, few and many channels.
  static func geometry(seed: Int, _ dice: inout Dice) -> ConvolutionGeometry {
    let isWide = seed % 4 == 0
    let strides = seed % 3 == 0 ? (dice.integer(in: 1...3), dice.integer(in: 1...3)) : (1, 1)
    let kernel = (dice.integer(in: 1...(3 * strides.0)), dice.integer(in: 1...(3 * strides.1)))
    let padding = (dice.integer(in: 0...3), dice.integer(in: 0...3))
    return ConvolutionGeometry(
      inputChannels: isWide ? dice.integer(in: 13...64) : dice.integer(in: 1...7),
      outputChannels: isWide ? dice.integer(in: 11...64) : dice.integer(in: 1...20),
      inputHeight: max(kernel.0 - 2 * padding.0, 1) + dice.integer(in: 0...(isWide ? 9 : 50)),
      inputWidth: max(kernel.1 - 2 * padding.1, 1) + dice.integer(in: 0...(isWide ? 9 : 70)), kernel: kernel,
      stride: strides, padding: padding)
  }

  struct Sample {
    let plan: WinogradConvolution
    let direct: FourierConvolutionTests.Sample
    let gradient: Sheet

    init(seed: Int) throws {
      var dice = Dice(seed: seed)
      try self.init(WinogradConvolutionTests.geometry(seed: seed, &dice), needsInputGradient: seed % 5 != 0, &dice)
    }

    init(_ geometry: ConvolutionGeometry, needsInputGradient: Bool, _ dice: inout Dice) throws {
      plan = try #require(WinogradConvolution(geometry, needsInputGradient: needsInputGradient))
      direct = try FourierConvolutionTests.Sample(geometry, needsInputGradient: needsInputGradient, &dice)
      gradient = try Sheet(
        direct.gradient.shape, halo: plan.outputGradientHalo, surroundings: Lanes(repeating: 0))
      for index in 0..<gradient.shape.count { gradient[index] = direct.gradient[index] }
    }

    var run: WinogradRun<Double> {
      WinogradRun(
        plan: plan, input: direct.input.view, gradient: OutputGradient(gradient.view), weights: direct.weights.values,
        biases: direct.biases.values)
    }

    func inputGradient() throws -> Sheet { try Sheet(direct.input.shape, halo: plan.inputHalo) }
  }

  @Test(arguments: 0..<80)
  func agreesWithDirectConvolution(seed: Int) throws {
    let sample = try Sample(seed: seed)
    let direct = try DirectRun(sample.direct)
    let (output, inputGradient) = (try Sheet(sample.gradient.shape), try sample.inputGradient())
    let result = try sample.run.run(into: output.view, inputGradient: inputGradient.view)
    let name = Comment(rawValue: "\(sample.plan.geometry)")
    #expect(worstDifference(output.pixels, direct.output.pixels) < Self.bound, name)
    #expect(output.isUntouchedAround() && inputGradient.isUntouchedAround(), name)
    func lanes(_ numbers: [Double]) -> [Lanes<Double>] { numbers.map { Lanes(repeating: $0) } }
    #expect(worstDifference(lanes(result.weights), direct.weightGradient) < Self.bound, name)
    #expect(worstDifference(lanes(result.biases), direct.biasGradient) < Self.bound, name)
    guard sample.plan.needsInputGradient else { return }
    #expect(worstDifference(inputGradient.pixels, direct.inputGradient.pixels) < Self.bound, name)
  }

  /// The same bits in whatever order shares and steps are taken, and whatever was in memory before.
  @Test(arguments: [1, 3, 4, 5, 6, 8, 12])
  func sharesInAnyOrder(seed: Int) throws {
    let sample = try Sample(seed: seed)
    var run = sample.run
    let (output, inputGradient) = (try Sheet(sample.gradient.shape), try sample.inputGradient())
    let once = try run.run(into: output.view, inputGradient: inputGradient.view)
    run.isReversed = true
    run.leftover = .nan
    let (otherOutput, otherGradient) = (try Sheet(sample.gradient.shape), try sample.inputGradient())
    let again = try run.run(into: otherOutput.view, inputGradient: otherGradient.view)
    #expect(output.pixels == otherOutput.pixels)
    #expect(once.weights == again.weights && once.biases == again.biases)
    if sample.plan.needsInputGradient { #expect(inputGradient.pixels == otherGradient.pixels) }
  }

  @Test(arguments: [1, 2, 3, 4, 6])
  func masksByTheActivationBelow(seed: Int) throws {
    let sample = try Sample(seed: seed)
    var run = sample.run
    let output = try Sheet(sample.gradient.shape)
    let (plain, masked) = (try sample.inputGradient(), try sample.inputGradient())
    _ = try run.run(into: output.view, inputGradient: plain.view)
    run.masks = true
    _ = try run.run(into: output.view, inputGradient: masked.view)
    for index in 0..<sample.direct.input.shape.count {
      #expect(masked[index] == plain[index].replacing(with: 0, where: sample.direct.input[index] .<= 0))
    }
  }

  /// Against a pooling of the pass's own outputs: exact, and with the gradient at the pixels that were chosen.
  @Test(arguments: [1, 2, 3, 4, 6, 7, 8, 9, 11, 14], [false, true])
  func poolsWhatItStores(seed: Int, rectifies: Bool) throws {
    let sample = try Sample(seed: seed)
    let shape = sample.gradient.shape
    // A layer whose outputs hold no window has no pooling behind it.
    guard shape.height >= 2, shape.width >= 2 else { return }
    let pooled = Shape(channels: shape.channels, height: shape.height / 2, width: shape.width / 2)
    let (whole, plainGradient) = (try Sheet(shape), try sample.inputGradient())
    var plain = sample.run
    plain.rectifies = rectifies
    _ = try plain.run(into: whole.view, inputGradient: plainGradient.view)
    var dice = Dice(seed: seed)
    let slopes = try Sheet(pooled, random: &dice)
    let spread = try Sheet(shape, halo: sample.plan.outputGradientHalo, surroundings: Lanes(repeating: 0))
    for index in 0..<shape.count { spread[index] = Lanes(repeating: 0) }
    let expected = try Sheet(pooled)
    pool(whole, into: expected, slopes: slopes, spreadTo: spread, floor: rectifies ? 0 : -.infinity)
    let choices = try Storage<SIMD16<UInt8>>(count: pooled.count)
    let (output, inputGradient) = (try Sheet(pooled), try sample.inputGradient())
    let (spreadGradient, again) = (try sample.inputGradient(), try Sheet(shape))
    let reference = WinogradRun(
      plan: sample.plan, input: sample.direct.input.view, gradient: OutputGradient(spread.view),
      weights: sample.direct.weights.values, biases: sample.direct.biases.values)
    let truth = try reference.run(into: again.view, inputGradient: spreadGradient.view)
    let run = WinogradRun(
      plan: sample.plan, input: sample.direct.input.view, gradient: OutputGradient(slopes.view, choices: choices.all),
      weights: sample.direct.weights.values, biases: sample.direct.biases.values, choices: choices.all,
      rectifies: rectifies)
    let result = try run.run(into: output.view, inputGradient: inputGradient.view)
    #expect(output.pixels == expected.pixels && output.isUntouchedAround())
    #expect(result.weights == truth.weights)
    #expect(zip(result.biases, truth.biases).allSatisfy { abs($0 - $1) < 1e-10 })
    if sample.plan.needsInputGradient { #expect(inputGradient.pixels == spreadGradient.pixels) }
  }

  /// The greatest pixel of each window, and its gradient where that pixel is: none if it is not above `floor`.
  private func pool(_ whole: Sheet, into expected: Sheet, slopes: Sheet, spreadTo spread: Sheet, floor: Double) {
    for channel in 0..<expected.shape.channels {
      for (row, column) in (0..<expected.shape.height).flatMap({ y in (0..<expected.shape.width).map { (y, $0) } }) {
        for lane in 0..<laneCount {
          var best = (value: floor, place: -1)
          for place in 0..<4 {
            let value = whole[channel, 2 * row + place / 2, 2 * column + place % 2][lane]
            if value > best.value { best = (value, place) }
          }
          expected.view[channel, row, column][lane] = best.value
          guard best.place >= 0 else { continue }
          spread.view[channel, 2 * row + best.place / 2, 2 * column + best.place % 2][lane] =
            slopes.view[channel, row, column][lane]
        }
      }
    }
  }

  @Test func aKernelOfTooManyTapsIsRefused() {
    let geometry = ConvolutionGeometry(
      inputChannels: 1, outputChannels: 1, inputHeight: 40, inputWidth: 40, kernel: (4, 3), stride: (1, 1),
      padding: (0, 0))
    #expect(WinogradConvolution(geometry, needsInputGradient: true) == nil)
  }
}
