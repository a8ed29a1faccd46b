public import Tensors

/// What batch normalization does to the pixels of one feature: a channel of an image, or one value of a flat list,
/// whose tensor may still have the axes that `flatten` took from its name.
///
/// Sums are taken by rows in lanes and over rows in double precision, in a fixed order.
public struct NormalizationGeometry: Sendable, Hashable {
  public let features: Int
  /// Every value is a feature of its own.
  public let isFlat: Bool

  public init(features: Int, isFlat: Bool) {
    self.features = features
    self.isFlat = isFlat
  }

  /// Pixels of a feature in one image.
  public func pixels<Scalar>(of tensor: PackView<Scalar>) -> Int { isFlat ? 1 : tensor.height * tensor.width }

  /// Mean of a feature over the first `images` lanes of a pack, and the sum of squared distances from it.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func moments<Scalar: LaneScalar>(
    _ feature: Int, _ input: PackView<Scalar>, images: Int
  ) -> (mean: Double, squares: Double) {
    let plane = Plane(feature, of: input, isFlat: isFlat)
    let used = firstLanes(images, of: Scalar.self)
    // Squares are summed about a value of the feature itself: about zero, a mean far from it would eat their digits.
    let center = plane.origin[0][0]
    let centers = Lanes<Scalar>(repeating: center)
    var (sum, squares) = (0.0, 0.0)
    for y in 0..<plane.height {
      let row = plane.row(y)
      var rowSum = Lanes<Scalar>(repeating: 0)
      var rowSquares = Lanes<Scalar>(repeating: 0)
      for x in 0..<plane.width {
        let distance = Scalar.difference(row[x], centers)
        rowSum = Scalar.sum(rowSum, distance)
        Scalar.addProduct(distance, distance, to: &rowSquares)
      }
      sum += Double(Scalar.laneSum(Scalar.product(rowSum, used)))
      squares += Double(Scalar.laneSum(Scalar.product(rowSquares, used)))
    }
    let count = Double(images * plane.height * plane.width)
    return (Double(center) + sum / count, max(squares - sum * sum / count, 0))
  }

  /// output = (input - mean) * scale + shift, and 0 where that is negative if `rectifies`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func normalize<Scalar: LaneScalar>(
    _ feature: Int, _ input: PackView<Scalar>, mean: Scalar, scale: Scalar, shift: Scalar, rectifies: Bool,
    into output: PackView<Scalar>
  ) {
    let source = Plane(feature, of: input, isFlat: isFlat)
    let target = Plane(feature, of: output, isFlat: isFlat)
    let (means, scales) = (Lanes<Scalar>(repeating: mean), Lanes<Scalar>(repeating: scale))
    let shifts = Lanes<Scalar>(repeating: shift)
    for y in 0..<source.height {
      let (from, to) = (source.row(y), target.row(y))
      for x in 0..<source.width {
        let value = Scalar.multiplyAdd(Scalar.difference(from[x], means), scales, shifts)
        to[x] = rectifies ? rectified(value) : value
      }
    }
  }

  /// Over a pack: the sum of the output's gradient, and of its products with the input's distance from `center`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func gradientSums<Scalar: LaneScalar>(
    _ feature: Int, _ input: PackView<Scalar>, gradient: PackView<Scalar>, center: Scalar
  ) -> (gradients: Double, products: Double) {
    let source = Plane(feature, of: input, isFlat: isFlat)
    let slope = Plane(feature, of: gradient, isFlat: isFlat)
    let centers = Lanes<Scalar>(repeating: center)
    var (gradients, products) = (0.0, 0.0)
    for y in 0..<source.height {
      let (values, slopes) = (source.row(y), slope.row(y))
      var rowGradients = Lanes<Scalar>(repeating: 0)
      var rowProducts = Lanes<Scalar>(repeating: 0)
      for x in 0..<source.width {
        rowGradients = Scalar.sum(rowGradients, slopes[x])
        Scalar.addProduct(slopes[x], Scalar.difference(values[x], centers), to: &rowProducts)
      }
      gradients += Double(Scalar.laneSum(rowGradients))
      products += Double(Scalar.laneSum(rowProducts))
    }
    return (gradients, products)
  }

  /// inputGradient = slope * gradient + pull * input + offset in the first `images` lanes, else 0; and 0 where the input is
  /// not positive if a fused ReLU made it. May overwrite the input.
  ///
  /// Computed in double precision and rounded once, as PyTorch does on CPUs. In single precision the rounding of the three
  /// constants would be the same in every pixel. It would not average out in the weight gradient of a convolution before,
  /// which sums its products with pixels whose mean is far from zero, and there cancels almost all of them.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inputGradient<Scalar: LaneScalar>(
    _ feature: Int, _ input: PackView<Scalar>, gradient: PackView<Scalar>, slope: Double, pull: Double, offset: Double,
    images: Int, rectified: Bool, into inputGradient: PackView<Scalar>
  ) {
    let source = Plane(feature, of: input, isFlat: isFlat)
    let above = Plane(feature, of: gradient, isFlat: isFlat)
    let target = Plane(feature, of: inputGradient, isFlat: isFlat)
    let used = firstLanes(images, of: Scalar.self)
    let zero = Lanes<Scalar>(repeating: 0)
    for y in 0..<source.height {
      let (values, gradients, results) = (source.row(y), above.row(y), target.row(y))
      for x in 0..<source.width {
        let value = values[x]
        let result = Scalar.product(Scalar.wideSum(gradients[x], slope, value, pull, offset), used)
        results[x] = rectified ? Scalar.select(result, whereGreater: value, than: zero, else: zero) : result
      }
    }
  }
}

/// The pixels of one feature.
private struct Plane<Scalar: LaneScalar> {
  let origin: UnsafeMutablePointer<Lanes<Scalar>>
  let height: Int
  let width: Int
  let rowStride: Int

  @inline(__always)
  init(_ feature: Int, of tensor: PackView<Scalar>, isFlat: Bool) {
    let area = tensor.height &* tensor.width
    let place = feature % area
    origin =
      isFlat
      ? tensor.at(feature / area, place / tensor.width, place % tensor.width) : tensor.at(feature, 0, 0)
    height = isFlat ? 1 : tensor.height
    width = isFlat ? 1 : tensor.width
    rowStride = tensor.rowStride
  }

  @inline(__always)
  func row(_ y: Int) -> UnsafeMutablePointer<Lanes<Scalar>> { origin + y &* rowStride }
}

/// 1 in the first `count` lanes, 0 in the others.
@inline(__always)
private func firstLanes<Scalar: LaneScalar>(_ count: Int, of type: Scalar.Type) -> Lanes<Scalar> {
  var lanes = Lanes<Scalar>(repeating: 0)
  for lane in 0..<min(count, laneCount) { lanes[lane] = 1 }
  return lanes
}
