import Checkpoints
import Configuration
import Kernels
import Networks
import Tensors
import Testing
import Workers

/// Every layer against PyTorch, forward and backward, in single and in double precision.
///
/// PyTorch computed in double and rounded its results to Float once: that alone is a relative error up to
/// 2^-24 = 6e-8, all that a Double may show. The bounds of a Float are measured: sums of some hundred products
/// stay below 1e-6, those over whole images, which cancel (a bias of one channel most of all), below 5e-6.
@Suite struct TorchLayerTests {
  static func bound<Scalar: LaneScalar>(_: Scalar.Type) -> Double { Scalar.self == Double.self ? 6e-8 : 1e-6 }
  static func parameterBound<Scalar: LaneScalar>(_: Scalar.Type) -> Double {
    Scalar.self == Double.self ? 6e-8 : 5e-6
  }

  // MARK: - Convolution

  struct ConvolutionCase: Decodable {
    let `case`, batch, inputChannels, outputChannels: Int
    let inputSize, kernel, stride, padding, outputSize: [Int]

    var input: Shape { Shape(channels: inputChannels, height: inputSize[0], width: inputSize[1]) }
    var output: Shape { Shape(channels: outputChannels, height: outputSize[0], width: outputSize[1]) }

    var layer: Conv2d {
      Conv2d(
        channels: outputChannels, kernel: Pair(height: kernel[0], width: kernel[1]),
        stride: Pair(height: stride[0], width: stride[1]), padding: Pair(height: padding[0], width: padding[1]))
    }

    var geometry: ConvolutionGeometry {
      ConvolutionGeometry(
        inputChannels: inputChannels, outputChannels: outputChannels, inputHeight: inputSize[0],
        inputWidth: inputSize[1], kernel: (kernel[0], kernel[1]), stride: (stride[0], stride[1]),
        padding: (padding[0], padding[1]))
    }
  }

  @Test func convolution() throws {
    let tensors = try TorchFixture.tensors("conv2d")
    let cases = try TorchFixture.json("conv2d", as: [ConvolutionCase].self)
    #expect(cases.count == 15)
    for geometry in cases {
      let tensor = { (role: String) in try #require(tensors["\(geometry.case).\(role)"]).values }
      try checkLayer(geometry.layer, geometry.input, batch: geometry.batch, Float.self, tensor)
      try checkLayer(geometry.layer, geometry.input, batch: geometry.batch, Double.self, tensor)
      try checkInputGradient(geometry, Float.self, tensor)
      try checkInputGradient(geometry, Double.self, tensor)
    }
  }

  /// The gradient of the network's input, which no executor computes: by the kernel itself.
  private func checkInputGradient<Scalar: LaneScalar>(
    _ convolution: ConvolutionCase, _: Scalar.Type, _ tensor: (String) throws -> [Float]
  ) throws {
    let geometry = convolution.geometry
    let weights = try List<Scalar>(tensor("weight"))
    let packed = try List<Scalar>(count: geometry.weightCount)
    geometry.packBackward(weights.values, into: packed.values)
    let gradient = try Pack<Scalar>(
      convolution.output, halo: geometry.outputGradientHalo, holding: tensor("upstream"))
    let inputGradient = try Pack<Scalar>(convolution.input)
    let zeros = try List<Scalar>(count: geometry.inputChannels)
    geometry.inputGradient(
      rows: 0..<geometry.inputHeight, gradient.view, packed: packed.values, zeros: zeros.values,
      into: inputGradient.view, mask: nil)
    let error = try relativeError(inputGradient.view.images(convolution.batch), tensor("inputGradient"))
    #expect(error < Self.bound(Scalar.self), "case \(convolution.case), input gradient in \(Scalar.self)")
  }

  /// Output, weight gradient and bias gradient of a layer alone in a network.
  private func checkLayer<Scalar: LaneScalar>(
    _ layer: any Layer, _ input: Shape, batch: Int, _: Scalar.Type, _ tensor: (String) throws -> [Float]
  ) throws {
    let plan = try NetworkPlan(Network([layer]), input: input)
    let executor = try Executor<Scalar>(plan, team: Team(threads: 2))
    for slot in plan.parameters {
      let role = slot.name.hasSuffix("weight") ? "weight" : "bias"
      executor.values(of: slot).copy(from: try tensor(role).map { Scalar($0) })
    }
    executor.prepare()
    executor.input.set(try tensor("input").map { Scalar($0) })
    executor.forward()
    let output = try relativeError(executor.outputs.images(batch), tensor("output"))
    #expect(output < Self.bound(Scalar.self), "\(layer) on \(input), output in \(Scalar.self)")

    executor.outputGradients.set(try tensor("upstream").map { Scalar($0) })
    executor.backward()
    for (slot, role) in zip(plan.parameters, ["weightGradient", "biasGradient"]) {
      let error = try relativeError(executor.gradient(of: slot).array(), tensor(role))
      #expect(error < Self.parameterBound(Scalar.self), "\(layer) on \(input), \(role) in \(Scalar.self)")
    }
  }

  // MARK: - Linear

  @Test(arguments: [(1, 1), (37, 1), (50, 7), (16, 16)])
  func linear(inputs: Int, outputs: Int) throws {
    let tensors = try TorchFixture.tensors("reluLinear")
    let tensor = { (role: String) in try #require(tensors["linear\(inputs)x\(outputs).\(role)"]).values }
    try checkLayer(Linear(outputs: outputs), Shape(flat: inputs), batch: 3, Float.self, tensor)
    try checkLayer(Linear(outputs: outputs), Shape(flat: inputs), batch: 3, Double.self, tensor)
    try checkLinearInputGradient(inputs, outputs, Float.self, tensor)
    try checkLinearInputGradient(inputs, outputs, Double.self, tensor)
  }

  private func checkLinearInputGradient<Scalar: LaneScalar>(
    _ inputs: Int, _ outputs: Int, _: Scalar.Type, _ tensor: (String) throws -> [Float]
  ) throws {
    let geometry = LinearGeometry(channels: inputs, valuesPerChannel: 1, outputs: outputs)
    let input = try Pack<Scalar>(Shape(flat: inputs), holding: tensor("input"))
    let gradient = try Pack<Scalar>(Shape(flat: outputs), holding: tensor("upstream"))
    let inputGradient = try Pack<Scalar>(Shape(flat: inputs))
    let weights = try List<Scalar>(tensor("weight"))
    let weightGradient = try List<Scalar>(count: inputs * outputs)
    for part in 0..<geometry.parts {
      geometry.backward(
        part: part, input.view, weights: weights.values, gradient: gradient.view,
        weightGradient: weightGradient.values, inputGradient: inputGradient.view)
    }
    #expect(try relativeError(inputGradient.view.images(3), tensor("inputGradient")) < Self.bound(Scalar.self))
  }

  // MARK: - Max pooling and ReLU

  struct PoolingCase: Decodable {
    let `case`, batch, channels: Int
    let inputSize, kernel, stride, outputSize: [Int]
  }

  @Test func maxPooling() throws {
    let tensors = try TorchFixture.tensors("maxPool2d")
    let cases = try TorchFixture.json("maxPool2d", as: [PoolingCase].self)
    #expect(cases.count == 8)
    for pooling in cases {
      let tensor = { (role: String) in try #require(tensors["\(pooling.case).\(role)"]).values }
      try check(pooling, Float.self, tensor)
      try check(pooling, Double.self, tensor)
    }
  }

  private func check<Scalar: LaneScalar>(
    _ pooling: PoolingCase, _: Scalar.Type, _ tensor: (String) throws -> [Float]
  ) throws {
    let geometry = PoolingGeometry(
      kernel: (pooling.kernel[0], pooling.kernel[1]), stride: (pooling.stride[0], pooling.stride[1]))
    let small = Shape(channels: pooling.channels, height: pooling.outputSize[0], width: pooling.outputSize[1])
    let large = Shape(channels: pooling.channels, height: pooling.inputSize[0], width: pooling.inputSize[1])
    let input = try Pack<Scalar>(large, holding: tensor("input"))
    let gradient = try Pack<Scalar>(small, holding: tensor("upstream"))
    let output = try Pack<Scalar>(small)
    let inputGradient = try Pack<Scalar>(large)
    for channel in 0..<pooling.channels {
      geometry.maximum(channel: channel, input.view, into: output.view)
      geometry.maximumGradient(
        channel: channel, input.view, gradient.view, into: inputGradient.view, rectified: false)
    }
    #expect(try relativeError(output.view.images(pooling.batch), tensor("output")) == 0, "case \(pooling.case)")
    let error = try relativeError(inputGradient.view.images(pooling.batch), tensor("inputGradient"))
    // Disjoint windows only move values; others add up to nine of them.
    let bound = geometry.windowsAreDisjoint ? 0 : Self.bound(Scalar.self)
    #expect(error <= bound, "case \(pooling.case) in \(Scalar.self)")
  }

  @Test func rectifier() throws {
    let tensors = try TorchFixture.tensors("reluLinear")
    let shape = Shape(channels: 2, height: 5, width: 7)
    let tensor = { (role: String) in try #require(tensors["relu.\(role)"]).values }
    let input = try Pack<Float>(shape, holding: tensor("input"))
    let gradient = try Pack<Float>(shape, holding: tensor("upstream"))
    let output = try Pack<Float>(shape)
    let inputGradient = try Pack<Float>(shape)
    for channel in 0..<2 {
      rectify(channel: channel, input.view, into: output.view)
      rectifierGradient(channel: channel, activation: output.view, gradient.view, into: inputGradient.view)
    }
    #expect(try output.view.images(3) == tensor("output"))
    #expect(try inputGradient.view.images(3) == tensor("inputGradient"))
  }
}
