import Kernels
public import Tensors

/// Adds up gradients of packs by a binary tree that depends on their number alone, as they come.
///
/// Like a binary counter: equal subtrees are merged at once, so that n packs need log2(n) + 1 sums at most.
/// The same tree comes out however the packs are spread over workers or machines.
public final class TreeSum<Scalar: LaneScalar> {
  private let storage: Storage<Scalar>
  private let levels: [Values<Scalar>]
  private var count = 0

  /// - Parameters:
  ///   - size: values in a gradient.
  ///   - most: gradients that a sum may have.
  public init(size: Int, most: Int) throws(OutOfMemory) {
    let depth = Int.bitWidth - max(most, 1).leadingZeroBitCount
    let storage = try Storage<Scalar>(count: size.times(depth))
    self.storage = storage
    levels = (0..<depth).map { storage.slice(at: size * $0, count: size) }
  }

  public func add(_ gradient: Values<Scalar>) {
    var level = 0
    var carry = gradient
    while count & (1 << level) != 0 {
      // The earlier subtree is the left operand.
      Kernels.add(carry, to: levels[level])
      carry = levels[level]
      level += 1
    }
    levels[level].copy(from: carry)
    count += 1
  }

  /// Forgets what was added since the last `finish`.
  public func reset() { count = 0 }

  /// The sum of what was added since the last call, in memory that the next `add` overwrites.
  public func finish() -> Values<Scalar> {
    precondition(count > 0, "a sum needs something to add")
    var level = count.trailingZeroBitCount
    let total = levels[level]
    level += 1
    while count >> level != 0 {
      if count & (1 << level) != 0 {
        Kernels.add(total, to: levels[level])
        total.copy(from: levels[level])
      }
      level += 1
    }
    count = 0
    return total
  }
}
