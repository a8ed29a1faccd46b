import Configuration
import Kernels
import Tensors

/// The shape checks that layers with a window share.
enum Windows {
  static func requireImage(_ input: Shape, for keyword: String) throws(ShapeMismatch) {
    if input.isFlat {
      throw ShapeMismatch(
        "\(keyword) needs channels, rows and columns, but gets a list of \(input.count) values",
        cure: "move `\(keyword)` before `flatten`")
    }
  }

  /// - Parameter other: the layer that would take an image.
  static func requireSequence(_ input: Shape, for keyword: String, insteadOf other: String) throws(ShapeMismatch) {
    if input.isFlat {
      throw ShapeMismatch(
        "\(keyword) needs a sequence of channels x 1 x length, but gets a list of \(input.count) values",
        cure: "move `\(keyword)` before `flatten`")
    }
    if !input.isSequence {
      throw ShapeMismatch(
        "\(keyword) needs a sequence of channels x 1 x length, but gets an image of \(input)",
        cure:
          "put `rows` before it, which makes a sequence of \(input.channels * input.height) x 1 x \(input.width), or use `\(other)`"
      )
    }
  }

  static func require(_ kernel: Pair, toFit input: Shape, padding: Pair = Pair(0)) throws(ShapeMismatch) {
    let height = input.height + 2 * padding.height
    let width = input.width + 2 * padding.width
    guard kernel.height <= height && kernel.width <= width else {
      let padded = padding == Pair(0) ? "" : " with its padding"
      throw ShapeMismatch(
        "a kernel of \(kernel.height) x \(kernel.width) does not fit the image of \(height) x \(width)\(padded) that arrives here",
        cure: "use a kernel of at most \(height) x \(width), or fewer or smaller strides and pools before it")
    }
  }

  static func require(length: Int, toFit input: Shape, padding: Int = 0) throws(ShapeMismatch) {
    let most = input.width + 2 * padding
    guard length <= most else {
      let padded = padding == 0 ? "" : " with its padding"
      throw ShapeMismatch(
        "a kernel of \(length) does not fit the sequence of length \(most)\(padded) that arrives here",
        cure: "use a kernel of at most \(most), or fewer or smaller strides and pools before it")
    }
  }
}

/// What a pooling layer does to shapes, in two dimensions or along a sequence.
extension LayerWindow {
  var pooling: PoolingGeometry {
    PoolingGeometry(kernel: (kernel.height, kernel.width), stride: (stride.height, stride.width))
  }

  /// The shape that a pooling layer makes of an image.
  func pool(image input: Shape, for keyword: String) throws(ShapeMismatch) -> Shape {
    try Windows.requireImage(input, for: keyword)
    try Windows.require(kernel, toFit: input)
    return pooled(input)
  }

  /// The shape that a pooling layer makes of a sequence.
  func pool(sequence input: Shape, for keyword: String, insteadOf other: String) throws(ShapeMismatch) -> Shape {
    try Windows.requireSequence(input, for: keyword, insteadOf: other)
    try Windows.require(length: kernel.width, toFit: input)
    return pooled(input)
  }

  private func pooled(_ input: Shape) -> Shape {
    Shape(
      channels: input.channels, height: (input.height - kernel.height) / stride.height + 1,
      width: (input.width - kernel.width) / stride.width + 1)
  }
}
