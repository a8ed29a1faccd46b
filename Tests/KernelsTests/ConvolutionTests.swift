import Kernels
import Tensors
import Testing

/// The convolution kernels against their definition, written as loops over scalars, in double precision.
@Suite struct ConvolutionTests {
  /// Sums of at most 7744 products in another order: 1e-16 times a few dozen.
  static let bound = 1e-13

  /// A random geometry and its operands.
  struct Case {
    let geometry: ConvolutionGeometry
    let weights: [Double]
    let biases: [Double]
    let input: Sheet
    let gradient: Sheet

    init(seed: Int) throws {
      var dice = Dice(seed: seed)
      // Wide layers get small windows, so that the scalar loops end soon.
      let isWide = seed % 4 == 0
      let most = isWide ? 3 : 11
      let kernel = (dice.integer(in: 1...most), dice.integer(in: 1...most))
      let padding = (dice.integer(in: 0...(kernel.0 / 2)), dice.integer(in: 0...(kernel.1 / 2)))
      let geometry = ConvolutionGeometry(
        inputChannels: isWide ? dice.integer(in: 13...64) : dice.integer(in: 1...6),
        outputChannels: isWide ? dice.integer(in: 11...64) : dice.integer(in: 1...13),
        inputHeight: max(kernel.0 - 2 * padding.0, 1) + dice.integer(in: 0...(isWide ? 4 : 14)),
        inputWidth: max(kernel.1 - 2 * padding.1, 1) + dice.integer(in: 0...(isWide ? 4 : 14)),
        kernel: kernel, stride: (dice.integer(in: 1...3), dice.integer(in: 1...3)), padding: padding)
      try self.init(geometry, &dice)
    }

    init(_ geometry: ConvolutionGeometry, _ dice: inout Dice) throws {
      self.geometry = geometry
      weights = dice.numbers(geometry.weightCount)
      biases = dice.numbers(geometry.outputChannels)
      input = try Sheet(Self.inputShape(geometry), halo: geometry.inputHalo, random: &dice)
      gradient = try Sheet(Self.outputShape(geometry), halo: geometry.outputGradientHalo, random: &dice)
    }

    static func inputShape(_ geometry: ConvolutionGeometry) -> Shape {
      Shape(channels: geometry.inputChannels, height: geometry.inputHeight, width: geometry.inputWidth)
    }

    static func outputShape(_ geometry: ConvolutionGeometry) -> Shape {
      Shape(channels: geometry.outputChannels, height: geometry.outputHeight, width: geometry.outputWidth)
    }
  }

  /// What the definition gives.
  struct Twin {
    var output: [Lanes<Double>]
    var inputGradient: [Lanes<Double>]
    var weightGradient: [Double]
    var biasGradient: [Double]

    init(_ sample: Case) {
      let g = sample.geometry
      let plane = g.outputHeight * g.outputWidth
      output = (0..<(g.outputChannels * plane)).map { Lanes(repeating: sample.biases[$0 / plane]) }
      inputGradient = .init(repeating: .zero, count: g.inputChannels * g.inputHeight * g.inputWidth)
      var slopes = [Lanes<Double>](repeating: .zero, count: g.weightCount)
      biasGradient = (0..<g.outputChannels).map { channel in
        (0..<plane).reduce(0.0) { $0 + sample.gradient[channel * plane + $1].sum() }
      }
      for weight in 0..<g.weightCount {
        let (tapRow, tapColumn) = (weight / g.kernelWidth % g.kernelHeight, weight % g.kernelWidth)
        let (o, i) = (weight / (g.taps * g.inputChannels), weight / g.taps % g.inputChannels)
        for y in 0..<g.outputHeight {
          let row = y * g.strideHeight + tapRow - g.paddingHeight
          guard row >= 0 && row < g.inputHeight else { continue }
          for x in 0..<g.outputWidth {
            let column = x * g.strideWidth + tapColumn - g.paddingWidth
            guard column >= 0 && column < g.inputWidth else { continue }
            let place = (o * g.outputHeight + y) * g.outputWidth + x
            let source = (i * g.inputHeight + row) * g.inputWidth + column
            output[place] += sample.weights[weight] * sample.input[source]
            inputGradient[source] += sample.weights[weight] * sample.gradient[place]
            slopes[weight] += sample.input[source] * sample.gradient[place]
          }
        }
      }
      weightGradient = slopes.map { $0.sum() }
    }
  }

  @Test(arguments: 0..<40)
  func agreesWithItsDefinition(seed: Int) throws {
    let sample = try Case(seed: seed)
    let twin = Twin(sample)

    let output = try forward(sample, rows: [0..<sample.geometry.outputHeight], rectify: false)
    #expect(worstDifference(output.pixels, twin.output) < Self.bound, "\(sample.geometry)")
    #expect(output.isUntouchedAround(), "\(sample.geometry)")
    let rectified = try forward(sample, rows: [0..<sample.geometry.outputHeight], rectify: true)
    #expect(rectified.pixels == output.pixels.map { pointwiseMax($0, .zero) })

    let slope = try inputGradient(sample, rows: [0..<sample.geometry.inputHeight], mask: nil)
    #expect(worstDifference(slope.pixels, twin.inputGradient) < Self.bound, "\(sample.geometry)")
    #expect(slope.isUntouchedAround(), "\(sample.geometry)")

    let plan = WeightGradientPlan(sample.geometry)
    let (weights, biases) = try weightGradient(sample, shares: Array(0..<plan.shares), pieces: 1)
    #expect(worstRelative(weights, twin.weightGradient) < Self.bound, "\(sample.geometry)")
    #expect(worstRelative(biases, twin.biasGradient) < Self.bound, "\(sample.geometry)")
    #expect(sample.input.isUntouchedAround(.zero) && sample.gradient.isUntouchedAround(.zero))
  }

  /// The masked input gradient: zero where the activation below is not positive, the same bits elsewhere.
  @Test(arguments: [3, 5, 8, 13])
  func masksByTheActivationBelow(seed: Int) throws {
    let sample = try Case(seed: seed)
    let rows = 0..<sample.geometry.inputHeight
    var dice = Dice(seed: seed)
    let mask = try Sheet(sample.input.shape, random: &dice)
    let plain = try inputGradient(sample, rows: [rows], mask: nil)
    let columns = pieces(of: sample.geometry.inputWidth, 3)
    let masked = try inputGradient(sample, rows: [rows], columns: columns, mask: mask)
    for index in 0..<sample.input.shape.count {
      let expected = plain[index].replacing(with: 0, where: mask[index] .<= 0)
      #expect(masked[index] == expected)
    }
  }

  /// The same bits however a team cuts a pass, and in whatever order it takes the pieces.
  @Test(arguments: [1, 2, 4, 7, 9, 14])
  func shareAsYouLike(seed: Int) throws {
    let sample = try Case(seed: seed)
    let (low, high) = (sample.geometry.outputHeight, sample.geometry.inputHeight)
    let output = try forward(sample, rows: [0..<low], rectify: false).pixels
    let slope = try inputGradient(sample, rows: [0..<high], mask: nil).pixels
    for length in [1, 2, 3, 5] {
      #expect(try forward(sample, rows: pieces(of: low, length), rectify: false).pixels == output)
      #expect(try inputGradient(sample, rows: pieces(of: high, length), mask: nil).pixels == slope)
      let across = pieces(of: sample.geometry.outputWidth, length)
      #expect(try forward(sample, rows: pieces(of: low, 2), columns: across, rectify: false).pixels == output)
      let back = pieces(of: sample.geometry.inputWidth, length)
      #expect(try inputGradient(sample, rows: pieces(of: high, 2), columns: back, mask: nil).pixels == slope)
    }
  }

  /// A tall image has several bands; their shares may come in any order.
  @Test func weightGradientSharesInAnyOrder() throws {
    var dice = Dice(seed: 99)
    let geometry = ConvolutionGeometry(
      inputChannels: 2, outputChannels: 23, inputHeight: 63, inputWidth: 49, kernel: (3, 2), stride: (1, 1),
      padding: (1, 0))
    let sample = try Case(geometry, &dice)
    let plan = WeightGradientPlan(geometry)
    #expect(plan.bands == 5)
    let (weights, biases) = try weightGradient(sample, shares: Array(0..<plan.shares), pieces: 1)
    let (again, biasesAgain) = try weightGradient(sample, shares: (0..<plan.shares).reversed(), pieces: 7)
    #expect(weights == again && biases == biasesAgain)
    let twin = Twin(sample)
    #expect(worstRelative(weights, twin.weightGradient) < Self.bound)
    #expect(worstRelative(biases, twin.biasGradient) < Self.bound)
  }
}

extension ConvolutionTests {
  /// 0..<count in pieces, the last one first.
  private func pieces(of count: Int, _ length: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: length).map { $0..<min($0 + length, count) }.reversed()
  }

  private func worstRelative(_ values: [Double], _ expected: [Double]) -> Double {
    worstDifference(values.map { Lanes(repeating: $0) }, expected.map { Lanes(repeating: $0) })
  }

  private func forward(
    _ sample: Case, rows: [Range<Int>], columns: [Range<Int>?] = [nil], rectify: Bool
  ) throws -> Sheet {
    let packed = try List(count: sample.geometry.weightCount)
    let weights = try List(sample.weights)
    sample.geometry.packForward(weights.values, into: packed.values)
    let biases = try List(sample.biases)
    let output = try Sheet(sample.gradient.shape, halo: .init(rows: 2, columns: 1))
    for piece in rows {
      for columns in columns {
        sample.geometry.forward(
          rows: piece, columns: columns, sample.input.view, packed: packed.values, bias: biases.values,
          into: output.view, rectify: rectify)
      }
    }
    return output
  }

  private func inputGradient(
    _ sample: Case, rows: [Range<Int>], columns: [Range<Int>?] = [nil], mask: Sheet?
  ) throws -> Sheet {
    let packed = try List(count: sample.geometry.weightCount)
    let weights = try List(sample.weights)
    sample.geometry.packBackward(weights.values, into: packed.values)
    let zeros = try List(count: sample.geometry.inputChannels)
    // A mask has the layout of what it masks.
    let result = try Sheet(sample.input.shape, halo: mask == nil ? .init(rows: 1, columns: 3) : .none)
    for piece in rows {
      for columns in columns {
        sample.geometry.inputGradient(
          rows: piece, columns: columns, sample.gradient.view, packed: packed.values, zeros: zeros.values,
          into: result.view, mask: mask?.view)
      }
    }
    return result
  }

  /// - Parameter pieces: into how many the values are cut when the bands are added.
  private func weightGradient(_ sample: Case, shares: [Int], pieces: Int) throws -> ([Double], [Double]) {
    let plan = WeightGradientPlan(sample.geometry)
    let partials = try List([Double](repeating: .nan, count: plan.bands * plan.partialCount))
    let scratch = try Storage<Lanes<Double>>(count: plan.scratchVectors)
    for share in shares {
      scratch.all.fill(Lanes(repeating: .nan))
      plan.accumulate(
        share: share, input: sample.input.view, gradient: sample.gradient.view, scratch: scratch.all,
        partials: partials.values)
    }
    let weights = try List(count: sample.geometry.weightCount)
    let biases = try List(count: sample.geometry.outputChannels)
    for piece in self.pieces(of: plan.partialCount, (plan.partialCount + pieces - 1) / pieces) {
      plan.reduce(piece, partials: partials.values, weights: weights.values, biases: biases.values)
    }
    return (weights.array, biases.array)
  }
}
