public import Tensors

/// A linear layer of one image, by the sums of `LinearGeometry.forward` and `finish`: their four chains are the lanes of a
/// `SIMD4`.
extension LinearGeometry {
  /// Outputs that are summed together, so that one chain need not wait for another.
  private static let block = 4

  /// Shares of `forward`: a part of the inputs for a block of the outputs.
  public var imageShares: Int { parts * ((outputs + Self.block - 1) / Self.block) }

  /// - Parameter partials: a value for each part and output.
  public func forward(imageShare share: Int, _ image: ImageView, weights: Values<Float>, partials: Values<Float>) {
    let blocks = imageShares / parts
    let (part, block) = (share / blocks, share % blocks)
    let outputs = (block * Self.block)..<min((block + 1) * Self.block, outputs)
    var sums = Four(repeating: SIMD4<Float>(repeating: 0))
    if outputs.count == Self.block {
      add(part, image, weights, first: outputs.lowerBound, count: 4, to: &sums)
    } else {
      // Fewer: the first ones again in place of those that are missing, each by itself.
      for output in outputs {
        var single = Four(repeating: SIMD4<Float>(repeating: 0))
        add(part, image, weights, first: output, count: 1, to: &single)
        sums[output - outputs.lowerBound] = single[0]
      }
    }
    for (place, output) in outputs.enumerated() {
      let chains = sums[place]
      partials.pointer[part * self.outputs + output] = (chains[0] + chains[1]) + (chains[2] + chains[3])
    }
  }

  /// Adds a part's products for `count` outputs, a constant.
  @inline(__always)
  private func add(
    _ part: Int, _ image: ImageView, _ weights: Values<Float>, first: Int, count: Int, to sums: inout Four<SIMD4<Float>>
  ) {
    for channel in channels(of: part) {
      var weight = UnsafePointer(weights.pointer) + (first &* inputs &+ channel &* valuesPerChannel)
      for y in 0..<image.height {
        let row = UnsafePointer(image.at(channel, y, 0))
        var x = 0
        while x &+ 4 <= image.width {
          let pixels = UnsafeRawPointer(row + x).loadUnaligned(as: SIMD4<Float>.self)
          unrolled(count) { k in
            let factors = UnsafeRawPointer(weight + (k &* inputs &+ x)).loadUnaligned(as: SIMD4<Float>.self)
            sums[k] = sums[k].addingProduct(pixels, factors)
          }
          x &+= 4
        }
        while x < image.width {
          unrolled(count) { k in sums[k][0] = sums[k][0].addingProduct(row[x], weight[k &* inputs &+ x]) }
          x &+= 1
        }
        weight += image.width
      }
    }
  }

  /// Adds the parts in order, and the bias.
  public func finish(imagePartials partials: Values<Float>, bias: Values<Float>?, into output: ImageView) {
    for k in 0..<outputs {
      var sum = partials.pointer[k]
      for part in 1..<max(parts, 1) { sum += partials.pointer[part &* outputs &+ k] }
      if let bias { sum += bias.pointer[k] }
      output.at(k, 0, 0).pointee = sum
    }
  }
}
