import Tensors

/// Fixed arrays of vectors that the optimizer keeps in registers.
///
/// `InlineArray` would be the type for it, but its initializer is a call that the optimizer does not always
/// inline, and what a call has seen stays in memory: every multiply-add is then stored. Plain stored
/// properties, reached by indices that `unrolled` makes constants, have no address to begin with.
///
/// Up to ten values, for the channels of a block.
struct Ten<Element> {
  private var v0: Element
  private var v1: Element
  private var v2: Element
  private var v3: Element
  private var v4: Element
  private var v5: Element
  private var v6: Element
  private var v7: Element
  private var v8: Element
  private var v9: Element

  @inline(__always)
  init(repeating value: Element) {
    v0 = value
    v1 = value
    v2 = value
    v3 = value
    v4 = value
    v5 = value
    v6 = value
    v7 = value
    v8 = value
    v9 = value
  }

  @inline(__always)
  subscript(index: Int) -> Element {
    get {
      switch index {
      case 0: v0
      case 1: v1
      case 2: v2
      case 3: v3
      case 4: v4
      case 5: v5
      case 6: v6
      case 7: v7
      case 8: v8
      default: v9
      }
    }
    set {
      switch index {
      case 0: v0 = newValue
      case 1: v1 = newValue
      case 2: v2 = newValue
      case 3: v3 = newValue
      case 4: v4 = newValue
      case 5: v5 = newValue
      case 6: v6 = newValue
      case 7: v7 = newValue
      case 8: v8 = newValue
      default: v9 = newValue
      }
    }
  }
}

/// Up to four values, for the columns of a block.
struct Four<Element> {
  private var v0: Element
  private var v1: Element
  private var v2: Element
  private var v3: Element

  @inline(__always)
  init(repeating value: Element) {
    v0 = value
    v1 = value
    v2 = value
    v3 = value
  }

  @inline(__always)
  subscript(index: Int) -> Element {
    get {
      switch index {
      case 0: v0
      case 1: v1
      case 2: v2
      default: v3
      }
    }
    set {
      switch index {
      case 0: v0 = newValue
      case 1: v1 = newValue
      case 2: v2 = newValue
      default: v3 = newValue
      }
    }
  }
}

/// Sixteen values, for the lanes of a vector that they become.
struct Sixteen<Element> {
  private var low: Ten<Element>
  private var high: Ten<Element>

  @inline(__always)
  init(repeating value: Element) {
    low = Ten(repeating: value)
    high = Ten(repeating: value)
  }

  @inline(__always)
  subscript(index: Int) -> Element {
    get { index < 8 ? low[index] : high[index &- 8] }
    set { if index < 8 { low[index] = newValue } else { high[index &- 8] = newValue } }
  }
}

extension Sixteen {
  /// The vector of the sums over the lanes of sixteen vectors. Every sum is taken in the same order.
  @inline(__always)
  func laneSums<Scalar: LaneScalar>() -> Lanes<Scalar> where Element == Lanes<Scalar> {
    var eight = Ten(repeating: Scalar.lanes(0))
    unrolled(8) { eight[$0] = Scalar.pairSums(self[2 &* $0], self[2 &* $0 &+ 1], distance: 1) }
    unrolled(4) { eight[$0] = Scalar.pairSums(eight[2 &* $0], eight[2 &* $0 &+ 1], distance: 2) }
    unrolled(2) { eight[$0] = Scalar.pairSums(eight[2 &* $0], eight[2 &* $0 &+ 1], distance: 4) }
    return Scalar.pairSums(eight[0], eight[1], distance: 8)
  }
}
