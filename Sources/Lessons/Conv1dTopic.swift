import Configuration
import Networks

/// Section 3 of the homework: a one-dimensional convolution is a banded matrix.
struct Conv1dTopic: Lesson {
  static let name = "conv1d"
  static let summary = "a convolution as a banded matrix, and its share of zeros: [INPUTS TAPS [STRIDE [PADDING]]]"

  private let cases: [(inputs: Int, taps: Int, stride: Int, padding: Int)]

  init(_ arguments: [String]) throws {
    guard !arguments.isEmpty else {
      cases = [(5, 2, 1, 0), (5, 4, 1, 0)]
      return
    }
    let numbers = arguments.compactMap { Int($0) }
    guard numbers.count == arguments.count, (2...4).contains(numbers.count) else {
      throw LessonError.arguments("conv1d takes INPUTS TAPS [STRIDE [PADDING]], as `kiln explain conv1d 7 3`")
    }
    let (inputs, taps) = (numbers[0], numbers[1])
    let (stride, padding) = (numbers.count > 2 ? numbers[2] : 1, numbers.count > 3 ? numbers[3] : 0)
    guard (1...24).contains(inputs), (0...24).contains(padding), (1...24).contains(stride), taps >= 1,
      taps <= inputs + 2 * padding
    else {
      throw LessonError.arguments(
        "inputs, stride and padding up to 24, and no more taps than inputs with their padding")
    }
    cases = [(inputs, taps, stride, padding)]
  }

  func text() throws -> String {
    let head = """
      A one-dimensional convolution multiplies its input by a banded matrix, y = W x: every row holds the same weights, moved \
      on by the stride.
      Column j is what the layer itself answers to a 1 at place j among zeros.
      """
    return try ([head] + cases.map { try text(of: $0) }).joined(separator: "\n\n")
  }

  private func text(of geometry: (inputs: Int, taps: Int, stride: Int, padding: Int)) throws -> String {
    let layer = Conv1d(
      channels: 1, kernel: geometry.taps, stride: geometry.stride, padding: geometry.padding, hasBias: false)
    let taps = (1...geometry.taps).map(Double.init)
    let matrix = try ConvolutionMatrix(layer, inputs: geometry.inputs, taps: taps)
    let x = (0..<geometry.inputs).map { Double(($0 * 7 + 3) % 10) - 4 }
    let answer = try SequenceNetwork([layer], length: geometry.inputs, parameters: [taps]).outputs([x])[0]
    let product = matrix.product(x)
    let width = max("w\(geometry.taps)".count, 2)
    let rows = matrix.rows.map { row in
      "    " + row.map { $0 == 0 ? pad("·", width) : pad("w\(Int($0))", width) }.joined(separator: " ")
    }
    let share = paper((1000 * matrix.shareOfZeros).rounded() / 10)
    return
      ([
        "\(geometry.inputs) inputs, \(geometry.taps) taps, stride \(geometry.stride), padding \(geometry.padding):", "",
      ] + rows + [
        "",
        "  \(matrix.zeros) of \(matrix.entries) entries are 0: \(share)%; \(geometry.taps) weights instead of \(matrix.entries)",
        "  for w = (\(list(taps))) and x = (\(list(x))):",
        "    W x        = (\(list(product)))",
        "    the layer  = (\(list(answer)))" + (product == answer ? "   the same" : "   NOT the same"),
      ]).joined(separator: "\n")
  }

  private func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }

  private func list(_ values: [Double]) -> String { values.map(paper).joined(separator: ", ") }
}
