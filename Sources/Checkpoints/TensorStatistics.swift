/// The figures of a tensor that tell a healthy one from a broken one. They are made piece by piece, in double precision.
///
/// Minimum, maximum, mean, deviation and norm are over the finite values, and nil if there are none.
public struct TensorStatistics: Sendable, Equatable {
  public private(set) var count = 0
  public private(set) var nans = 0
  public private(set) var infinities = 0
  /// Zeros of either sign.
  public private(set) var zeros = 0
  public private(set) var minimum: Double?
  public private(set) var maximum: Double?
  private var finite = Moments()

  public init() {}

  public init(_ values: [Double]) {
    add(values)
  }

  public var nonFinite: Int { nans + infinities }
  public var mean: Double? { finite.count > 0 ? finite.mean : nil }
  /// Of the population: divided by the number of values, not by one less.
  public var standardDeviation: Double? {
    finite.count > 0 ? (finite.squares / Double(finite.count)).squareRoot() : nil
  }
  /// The root of the sum of squares.
  public var norm: Double? { finite.count > 0 ? finite.rawSquares.squareRoot() : nil }
  /// Of all values; nil if there are none.
  public var shareOfZeros: Double? { count > 0 ? Double(zeros) / Double(count) : nil }

  /// Counts the next values of the tensor.
  public mutating func add(_ values: [Double]) {
    count += values.count
    for start in stride(from: 0, to: values.count, by: Self.blockSize) {
      add(block: values[start..<min(start + Self.blockSize, values.count)])
    }
  }

  /// Within a block the mean is subtracted before squares are taken: the textbook's form in one pass cancels when the mean
  /// is large. Blocks are joined by the formula of Chan, Golub and LeVeque.
  private static let blockSize = 4096

  private mutating func add(block: ArraySlice<Double>) {
    var moments = Moments()
    for value in block {
      guard value.isFinite else {
        if value.isNaN { nans += 1 } else { infinities += 1 }
        continue
      }
      if value == 0 { zeros += 1 }
      minimum = min(minimum ?? value, value)
      maximum = max(maximum ?? value, value)
      moments.count += 1
      moments.mean += value
      moments.rawSquares += value * value
    }
    guard moments.count > 0 else { return }
    moments.mean /= Double(moments.count)
    for value in block where value.isFinite { moments.squares += (value - moments.mean) * (value - moments.mean) }
    finite.join(moments)
  }

  private struct Moments: Sendable, Equatable {
    var count = 0
    var mean = 0.0
    /// Of the distances from the mean.
    var squares = 0.0
    /// Of the values themselves.
    var rawSquares = 0.0

    /// T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample
    /// Variances", 1979, equations 2.1.
    mutating func join(_ other: Moments) {
      let total = Double(count + other.count)
      let distance = other.mean - mean
      squares += other.squares + distance * distance * Double(count) * Double(other.count) / total
      mean += distance * Double(other.count) / total
      rawSquares += other.rawSquares
      count += other.count
    }
  }
}
