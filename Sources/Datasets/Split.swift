import Tensors

/// Chooses a stratified share of examples, for validation or for the test: the same share of each class, rounded. A
/// class of two or more examples gives at least one and keeps at least one.
///
/// A pure function of its arguments: the images of a class are shuffled by the seed, and the first are taken. The
/// order of `targets` matters; a data set keeps its examples in the order of their names.
///
/// - Parameter part: what the examples are chosen for. The test has a random stream of its own.
/// - Returns: whether each example is chosen, in the order of `targets`.
public func stratifiedChoice(
  targets: [Float], classes: Int, share: Double, seed: UInt64, for part: Part = .validation
) -> [Bool] {
  var members: [Int: [Int]] = [:]
  for (index, target) in targets.enumerated() {
    members[hardLabel(target, classes: classes), default: []].append(index)
  }
  var isChosen = [Bool](repeating: false, count: targets.count)
  guard share > 0 else { return isChosen }
  for (label, indices) in members {
    let stream = part == .test ? RandomStream.test(label) : RandomStream.split(label)
    let order = permutation(of: indices.count, by: CounterRandom(seed: seed, stream: stream))
    let wanted = Int((share * Double(indices.count)).rounded())
    let taken = min(max(wanted, 1), indices.count - 1)
    for position in order.prefix(taken) {
      isChosen[indices[position]] = true
    }
  }
  return isChosen
}

/// Deals examples into folds for cross-validation, so that each fold has nearly the same share of each class: the images of
/// a class are shuffled by the seed, and dealt to the folds in turn. Each class begins with the fold behind the one with
/// which the class before it ended, so that the folds are of nearly one size.
///
/// A pure function of its arguments, as `stratifiedChoice`.
///
/// - Returns: the fold of each example, from 0, in the order of `targets`.
public func stratifiedFolds(targets: [Float], classes: Int, count: Int, seed: UInt64) -> [Int] {
  var members = [[Int]](repeating: [], count: classes)
  for (index, target) in targets.enumerated() { members[hardLabel(target, classes: classes)].append(index) }
  var folds = [Int](repeating: 0, count: targets.count)
  var next = 0
  for (label, indices) in members.enumerated() {
    let stream = CounterRandom(seed: seed, stream: RandomStream.folds(label))
    for position in permutation(of: indices.count, by: stream) {
      folds[indices[position]] = next
      next = (next + 1) % count
    }
  }
  return folds
}
