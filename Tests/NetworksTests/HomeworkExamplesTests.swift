import Configuration
import Networks
import Tensors
import Testing
import Workers

/// The worked examples of the course's homework, sections 3 to 5, on the real layers.
@Suite struct HomeworkExamplesTests {
  static let x: [Double] = [0.5, -1.25, 2, 0.75, -0.5]

  // MARK: - Section 3: a convolution is a banded matrix

  /// Filter of 2 taps: W is 4 x 5, and 12 of its 20 entries are 0. Filter of 4 taps: 2 x 5, and 2 of 10.
  @Test(arguments: [([0.75, -0.5], 12), ([0.75, -0.5, 0.25, 1.5], 2)])
  func theMatrixEqualsTheLayer(taps: [Double], zeros: Int) throws {
    let outputs = Self.x.count - taps.count + 1
    let matrix = (0..<outputs).map { row in
      Self.x.indices.map { column in taps.indices.contains(column - row) ? taps[column - row] : 0 }
    }
    #expect(matrix.joined().count { $0 == 0 } == zeros)
    #expect(matrix.joined().count == outputs * 5)
    let product = matrix.map { row in zip(row, Self.x).reduce(0) { $0 + $1.0 * $1.1 } }
    let layer = try Chain([Conv1d(channels: 1, kernel: taps.count, hasBias: false)], taps: taps)
    #expect(layer.outputs == product)
    // y_i = x_i w1 + x_{i+1} w2
    if taps.count == 2 {
      #expect(layer.outputs == (0..<4).map { Self.x[$0] * taps[0] + Self.x[$0 + 1] * taps[1] })
    }
  }

  // MARK: - Section 4: batch normalization

  /// The homework's formulas over the n values of a channel: of 19 images, which fill one pack and part of a second.
  @Test func batchNormalization() throws {
    let (images, length, eps) = (19, 5, 1e-5)
    let (gamma, beta) = (1.5, -0.25)
    let n = Double(images * length)
    let plan = try NetworkPlan(
      Network([BatchNorm(eps: eps)]), input: Shape(channels: 1, height: 1, width: length), takesInputGradient: true)
    let executor = try Executor<Double>(plan, team: Team(threads: 2), packs: 2)
    executor.values(of: plan.parameters[0]).copy(from: [gamma])
    executor.values(of: plan.parameters[1]).copy(from: [beta])
    executor.prepare()
    let random = CounterRandom(seed: 4, stream: 1)
    let x = (0..<images * length).map { 3 * random.uniform(at: UInt64($0)) + 1 }
    let dy = x.indices.map { random.uniform(at: 1000 + UInt64($0)) - 0.5 }
    let draw = TrainingDraw(images: images)
    let split = laneCount * length
    executor.input(of: 0).set(Array(x[..<split]))
    executor.input(of: 1).set(Array(x[split...]))
    executor.forward(training: draw)
    let outputs = executor.outputs(of: 0).images(16) + executor.outputs(of: 1).images(3)
    executor.outputGradients(of: 0).set(Array(dy[..<split]))
    executor.outputGradients(of: 1).set(Array(dy[split...]))
    executor.backward(training: draw)
    let dx = try #require(executor.inputGradient(of: 0)).images(16) + #require(executor.inputGradient(of: 1)).images(3)
    let slopes = plan.parameters.map { slot in (0..<2).reduce(0) { $0 + executor.gradients(of: $1)[slot.offset] } }

    let mean = x.reduce(0, +) / n
    let deviation = (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n + eps).squareRoot()
    let xhat = x.map { ($0 - mean) / deviation }
    let dbeta = dy.reduce(0, +)
    let dgamma = zip(dy, xhat).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(relativeError(outputs, xhat.map { gamma * $0 + beta }) < 1e-14)
    #expect(relativeError(slopes, [dgamma, dbeta]) < 1e-13)
    let formula = zip(dy, xhat).map { gamma / (n * deviation) * (n * $0 - dbeta - $1 * dgamma) }
    #expect(relativeError(dx, formula) < 1e-13)
  }

  // MARK: - Section 5: a convolution, a pooling, a loss

  static let w = [0.75, -0.5]

  /// No pooling: dL/dw1 = sum of dL/do_i x_i; dL/dw2 = sum of dL/do_i x_{i+1}.
  @Test func withoutPooling() throws {
    let slopes = [0.5, -2, 1.5, 0.25]
    let gradient = try Chain([Conv1d(channels: 1, kernel: 2)], taps: Self.w).gradient(slopes)
    #expect(gradient[0] == (0..<4).reduce(0) { $0 + slopes[$1] * Self.x[$1] })
    #expect(gradient[1] == (0..<4).reduce(0) { $0 + slopes[$1] * Self.x[$1 + 1] })
  }

  /// Average: dL/dw1 = dL/dy1 (x1+x2)/2 + dL/dy2 (x3+x4)/2; dL/dw2 = dL/dy1 (x2+x3)/2 + dL/dy2 (x4+x5)/2.
  @Test func withAveragePooling() throws {
    let (x, slopes) = (Self.x, [0.5, -2])
    let chain = try Chain([Conv1d(channels: 1, kernel: 2), AvgPool1d(kernel: 2)], taps: Self.w)
    let o = (0..<4).map { x[$0] * Self.w[0] + x[$0 + 1] * Self.w[1] }
    #expect(chain.outputs == [(o[0] + o[1]) / 2, (o[2] + o[3]) / 2])
    let gradient = chain.gradient(slopes)
    #expect(gradient[0] == slopes[0] * (x[0] + x[1]) / 2 + slopes[1] * (x[2] + x[3]) / 2)
    #expect(gradient[1] == slopes[0] * (x[1] + x[2]) / 2 + slopes[1] * (x[3] + x[4]) / 2)
  }

  /// Max, where o1 > o2 and o3 > o4: dL/dw1 = dL/dy1 x1 + dL/dy2 x3; dL/dw2 = dL/dy1 x2 + dL/dy2 x4.
  @Test func withMaxPooling() throws {
    let (x, slopes) = (Self.x, [0.5, -2])
    let chain = try Chain([Conv1d(channels: 1, kernel: 2), MaxPool1d(kernel: 2)], taps: Self.w)
    let o = (0..<4).map { x[$0] * Self.w[0] + x[$0 + 1] * Self.w[1] }
    try #require(o[0] > o[1] && o[2] > o[3])
    #expect(chain.outputs == [o[0], o[2]])
    let gradient = chain.gradient(slopes)
    #expect(gradient[0] == slopes[0] * x[0] + slopes[1] * x[2])
    #expect(gradient[1] == slopes[0] * x[1] + slopes[1] * x[3])
  }

  /// Layers on the sequence x of five values, the convolution's weights given and its bias zero. All values have few
  /// bits, so that no sum is rounded and equality is exact.
  struct Chain {
    let executor: Executor<Double>

    init(_ layers: [any Layer], taps: [Double]) throws {
      let input = Shape(channels: 1, height: 1, width: x.count)
      executor = try Executor(NetworkPlan(Network(layers), input: input), team: Team(threads: 1))
      executor.values(of: executor.plan.parameters[0]).copy(from: taps)
      executor.prepare()
      executor.input.set(x)
      executor.forward()
    }

    var outputs: [Double] { executor.outputs.images(1) }

    /// dL/dw, for the given dL/dy.
    func gradient(_ slopes: [Double]) -> [Double] {
      executor.outputGradients.set(slopes)
      executor.backward()
      return executor.gradient(of: executor.plan.parameters[0]).array()
    }
  }
}
