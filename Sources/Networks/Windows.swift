import Configuration
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
}
