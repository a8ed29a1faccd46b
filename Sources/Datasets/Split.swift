import Tensors

/// Chooses a stratified share of examples for validation: of each class the same share, rounded, and from
/// classes of two and more at least one and never all.
///
/// A pure function of its arguments: the images of a class are shuffled by the seed, and the first are taken. The
/// order of `targets` matters; a data set keeps its examples in the order of their names.
///
/// - Returns: whether each example is for validation, in the order of `targets`.
public func validationChoice(targets: [Float], classes: Int, share: Double, seed: UInt64) -> [Bool] {
  var members: [Int: [Int]] = [:]
  for (index, target) in targets.enumerated() {
    members[hardLabel(target, classes: classes), default: []].append(index)
  }
  var isValidation = [Bool](repeating: false, count: targets.count)
  guard share > 0 else { return isValidation }
  for (label, indices) in members {
    let order = permutation(of: indices.count, by: CounterRandom(seed: seed, stream: RandomStream.split(label)))
    let wanted = Int((share * Double(indices.count)).rounded())
    let taken = min(max(wanted, 1), indices.count - 1)
    for position in order.prefix(taken) {
      isValidation[indices[position]] = true
    }
  }
  return isValidation
}
