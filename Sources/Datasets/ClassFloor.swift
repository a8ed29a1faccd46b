/// How many images of each class can still be used: a network cannot learn a class of which it sees none.
public struct ClassFloor: Sendable, Equatable {
  private let classes: [String]
  /// By example.
  private let classIndices: [Int32]
  /// By class.
  private var usable: [Int]

  /// - Returns: nil if the targets are probabilities, which belong to no class.
  public init?(_ examples: [Example], classes: [String]) {
    var indices: [Int32] = []
    indices.reserveCapacity(examples.count)
    var usable = [Int](repeating: 0, count: classes.count)
    for example in examples {
      guard let index = Int32(exactly: example.target), classes.indices.contains(Int(index)) else { return nil }
      indices.append(index)
      usable[Int(index)] += 1
    }
    self.classes = classes
    self.usable = usable
    classIndices = indices
  }

  /// The class of an example; nil for an index beyond the list.
  func className(of example: Int) -> String? {
    classIndices.indices.contains(example) ? classes[Int(classIndices[example])] : nil
  }

  /// An image cannot be used.
  ///
  /// - Parameter example: its index in the list; each is left out once.
  /// - Returns: the name of its class if that was the last one of it.
  mutating func leaveOut(_ example: Int) -> String? {
    guard classIndices.indices.contains(example) else { return nil }
    let index = Int(classIndices[example])
    usable[index] -= 1
    return usable[index] == 0 ? classes[index] : nil
  }
}
