import Tensors

/// The order in which an epoch visits `count` examples: a pure function, so that a resumed run needs no state for it.
///
/// - Parameter epoch: from 0.
public func epochOrder(count: Int, seed: UInt64, epoch: Int) -> [Int] {
  permutation(of: count, by: CounterRandom(seed: seed, stream: RandomStream.order(epoch)))
}

/// Fisher-Yates, from the end: position i is exchanged with one of 0...i, drawn at counter position i.
func permutation(of count: Int, by random: CounterRandom) -> [Int] {
  var order = Array(0..<max(count, 0))
  for last in stride(from: count - 1, to: 0, by: -1) {
    order.swapAt(last, random.index(below: last + 1, at: UInt64(last)))
  }
  return order
}
