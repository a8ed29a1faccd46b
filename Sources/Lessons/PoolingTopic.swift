import Charts
import Configuration
import Networks

/// Section 5 of the homework: what a pooling does to the gradient of the convolution before it.
struct PoolingTopic: Lesson {
  static let name = "pooling"
  static let summary = "the gradient through no, average and max pooling, by formula and by the layers"

  private static let x = [0.5, -1.25, 2, 0.75, -0.5]
  private static let w = [0.75, -0.5]

  init(_ arguments: [String]) throws {
    guard arguments.isEmpty else { throw LessonError.arguments("pooling takes no arguments") }
  }

  /// A chain of the example: its layers, dL/dy, and the homework's formulas for dL/dw1 and dL/dw2.
  private struct Chain {
    let title: String
    let layers: [any Layer]
    let slopes: [Double]
    let formulas: [(text: String, value: Double)]

    /// dL/dw1 and dL/dw2 by the layers themselves.
    func layerGradient() throws -> [Double] {
      try SequenceNetwork(layers, length: x.count, parameters: [w]).gradients([x], slopes: [slopes]).parameters[0]
    }
  }

  private static var chains: [Chain] {
    let convolution = Conv1d(channels: 1, kernel: 2, hasBias: false)
    let (four, two) = ([0.5, -2, 1.5, 0.25], [0.5, -2.0])
    let sums = (0..<2).map { tap in (0..<4).reduce(0) { $0 + four[$1] * x[$1 + tap] } }
    return [
      Chain(
        title: "no pooling", layers: [convolution], slopes: four,
        formulas: [("sum of dL/do_i x_i", sums[0]), ("sum of dL/do_i x_{i+1}", sums[1])]),
      Chain(
        title: "average pooling of 2", layers: [convolution, AvgPool1d(kernel: 2)], slopes: two,
        formulas: [
          ("dL/dy1 (x1 + x2)/2 + dL/dy2 (x3 + x4)/2", two[0] * (x[0] + x[1]) / 2 + two[1] * (x[2] + x[3]) / 2),
          ("dL/dy1 (x2 + x3)/2 + dL/dy2 (x4 + x5)/2", two[0] * (x[1] + x[2]) / 2 + two[1] * (x[3] + x[4]) / 2),
        ]),
      Chain(
        title: "max pooling of 2 (here o1 > o2 and o3 > o4)", layers: [convolution, MaxPool1d(kernel: 2)], slopes: two,
        formulas: [
          ("dL/dy1 x1 + dL/dy2 x3", two[0] * x[0] + two[1] * x[2]),
          ("dL/dy1 x2 + dL/dy2 x4", two[0] * x[1] + two[1] * x[3]),
        ]),
    ]
  }

  func text() throws -> String {
    let o = (0..<4).map { Self.w[0] * Self.x[$0] + Self.w[1] * Self.x[$0 + 1] }
    let head = """
      Five inputs, a convolution of two taps, a pooling of 2, a loss: o_i = w1 x_i + w2 x_{i+1}

        x = (\(list(Self.x)))   w = (\(list(Self.w)))   o = (\(list(o)))
      """
    return try ([head] + Self.chains.map(text)).joined(separator: "\n\n") + """


      Average pooling sends a gradient to all inputs of its window in equal shares, max pooling to the winner's alone.
      """
  }

  private func text(_ chain: Chain) throws -> String {
    var table = Table([.left("  " + chain.title), .left("by formula"), .right(""), .right("by the layers")])
    let gradient = try chain.layerGradient()
    for (tap, formula) in chain.formulas.enumerated() {
      table.append(["  dL/dw\(tap + 1)", formula.text, paper(formula.value), paper(gradient[tap])])
    }
    return "  dL/d\(chain.layers.count == 1 ? "o" : "y") = (\(list(chain.slopes)))\n" + table.text
  }

  private func list(_ values: [Double]) -> String { values.map(paper).joined(separator: ", ") }
}
