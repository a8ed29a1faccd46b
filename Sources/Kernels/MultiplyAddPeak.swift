import CVector
import Tensors

/// Multiply-adds in registers and nothing else: what the machine could do at most.
///
/// - Parameter rounds: of the inner loop; each does `multiplyAddsPerRound` of them.
/// - Returns: a number that depends on all of them, so that none can be left out.
@inline(never)
public func spinMultiplyAdds(rounds: Int) -> Float {
  let keep = Lanes<Float>(repeating: 0.999)
  let add = Lanes<Float>(repeating: 0.001)
  // Ten chains hide a latency of four cycles on two units of sixteen lanes; where a vector takes two of sixteen registers,
  // six chains of twice as many registers do, and ten would not stay in them.
  var first = Ten(repeating: Lanes<Float>(repeating: 1))
  for _ in 0..<rounds {
    unrolled(chains) { chain in
      var next = add
      Float.addProduct(first[chain], keep, to: &next)
      first[chain] = next
    }
  }
  var sum = Lanes<Float>(repeating: 0)
  unrolled(chains) { chain in sum = Float.sum(sum, first[chain]) }
  return Float.laneSum(sum)
}

/// Multiply-adds of one round of `spinMultiplyAdds`.
public let multiplyAddsPerRound = chains * laneCount

private var chains: Int { kiln_wide_registers != 0 ? 10 : 6 }
