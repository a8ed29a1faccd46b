import Tensors

/// Multiply-adds in registers and nothing else: what the machine could do at most.
///
/// - Parameter rounds: of the inner loop; each does `multiplyAddsPerRound` of them.
/// - Returns: a number that depends on all of them, so that none can be left out.
@inline(never)
public func spinMultiplyAdds(rounds: Int) -> Float {
  let keep = Lanes<Float>(repeating: 0.999)
  let add = Lanes<Float>(repeating: 0.001)
  // Ten chains, or six pairs of half the width: enough to hide a latency of four cycles on two units.
  var first = Ten(repeating: Lanes<Float>(repeating: 1))
  for _ in 0..<rounds {
    unrolled(largestBlock) { chain in
      var next = add
      Float.addProduct(first[chain], keep, to: &next)
      first[chain] = next
    }
  }
  var sum = Lanes<Float>(repeating: 0)
  unrolled(largestBlock) { chain in sum = Float.sum(sum, first[chain]) }
  return Float.laneSum(sum)
}

/// Multiply-adds of one round of `spinMultiplyAdds`.
public let multiplyAddsPerRound = largestBlock * laneCount
