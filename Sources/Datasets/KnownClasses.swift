import DurableFiles
public import Workers

/// A class of which a network knows nothing, and its images.
public struct UnknownClass: Sendable, Equatable {
  public let name: String
  public let images: [Example]
}

extension Dataset {
  /// Reads the folder or table that a declaration names for a network that is trained already. Each label is matched by
  /// name to the network's classes, wherever it would stand in an order of the set's own. The set may lack classes.
  ///
  /// - Parameters:
  ///   - seed: divides the images into parts, exactly as in training if the images of known classes are the same.
  ///   - classes: the network's.
  ///   - leavesOthersOut: whether the images of other classes are left out; else they are an error.
  ///   - dividesByShare: whether images that no folder and no column divides are divided by a share; else all of them are
  ///     the training's.
  /// - Returns: the images with the network's classes and their indices, and the classes that were left out.
  /// - Throws: `.unusable` with both lists of classes; else as for training, but not for want of images.
  public static func load(
    _ declaration: DataDeclaration, at location: DataLocation, seed: UInt64, knowing classes: [String],
    leavesOthersOut: Bool = false, dividesByShare: Bool = true, heartbeat: Heartbeat = Heartbeat()
  ) throws(DatasetError) -> (dataset: Dataset, unknown: [UnknownClass]) {
    var set = try labelled(declaration, at: location, heartbeat)
    let unknown = try set.match(classes, leavesOthersOut: leavesOthersOut)
    if let threshold = declaration.positiveAbove { try set.labels.harden(above: threshold, for: set.place) }
    var division = declaration
    if !dividesByShare { (division.validation, division.test, division.folds) = (.share(0), 0, nil) }
    return (set.split(division, seed: seed), unknown)
  }
}

extension LabelledSet {
  /// Gives every image the index that its class has in `known`, and takes those of other classes out.
  fileprivate mutating func match(_ known: [String], leavesOthersOut: Bool) throws(DatasetError) -> [UnknownClass] {
    let indices = Dictionary(known.enumerated().map { (ByteText($1), $0) }, uniquingKeysWith: { first, _ in first })
    // A probability is one of two classes whose names are numbers, and is of both of them.
    let isSoft = labels.targets.contains { $0 != $0.rounded() }
    var members = [[Int]](repeating: [], count: labels.classes.count)
    for (index, target) in labels.targets.enumerated() { members[isSoft ? 0 : Int(target)].append(index) }
    if isSoft { members[1] = members[0] }
    let present = labels.classes.indices.filter { !members[$0].isEmpty }
    let unknown = present.filter { indices[ByteText(labels.classes[$0])] == nil }
    let canLeaveOut = unknown.count < present.count && !isSoft
    if !unknown.isEmpty, !(leavesOthersOut && canLeaveOut) {
      throw mismatch(
        unknown.map { labels.classes[$0] }, of: present.map { labels.classes[$0] }, known, canLeaveOut: canLeaveOut)
    }
    if isSoft, known.count > 2 {
      throw .unusable(
        path: place, problem: "its labels are probabilities of two classes, and the network knows \(known.count)",
        cure: "write classes from 0 to \(known.count - 1)")
    }
    let leftOut = unknown.map { label in
      UnknownClass(
        name: labels.classes[label], images: members[label].map { images[$0].example(target: Float(label)) })
    }
    if !isSoft { renumber(by: labels.classes.map { indices[ByteText($0)] }) }
    labels.classes = known
    return leftOut
  }

  /// - Parameter indices: the new index of each class; nil to take its images out.
  private mutating func renumber(by indices: [Int?]) {
    let kept = labels.targets.indices.filter { indices[Int(labels.targets[$0])] != nil }
    labels.targets = kept.map { Float(indices[Int(labels.targets[$0])] ?? 0) }
    images = kept.map { images[$0] }
  }

  private func mismatch(
    _ unknown: [String], of own: [String], _ known: [String], canLeaveOut: Bool
  ) -> DatasetError {
    .unusable(
      path: place,
      problem: "the network does not know \(Self.list(unknown)): its classes are \(Self.list(known)), those of these "
        + "images \(Self.list(own))",
      cure: cure(unknown, known) + (canLeaveOut ? ", or leave the others out with --classes common" : ""))
  }

  private func cure(_ unknown: [String], _ known: [String]) -> String {
    for name in unknown {
      if let twin = known.first(where: { ByteText($0).differsInNormalizationOnly(from: ByteText(name)) }) {
        return "'\(ByteText(name).spelledOut)' and the network's '\(ByteText(twin).spelledOut)' differ in Unicode "
          + "normalization only: write it as the network does"
      }
    }
    let numbers = known.indices.map(String.init)
    if labels.areNumbers, known != numbers {
      let meaning = zip(numbers, known).prefix(Self.shown).map { "\($0) for '\($1)'" }.joined(separator: ", ")
      return "write names for numbers; numbers that count the network's classes are \(meaning)"
        + (known.count > Self.shown ? ", …" : "")
    }
    if known == numbers, !labels.areNumbers {
      return "the network learnt numbers from a table: give a table with them, or call the folders so"
    }
    return "call the classes as the network does"
  }

  /// How many classes a message names.
  private static let shown = 20

  private static func list(_ classes: [String]) -> String {
    classes.prefix(shown).map { "'\(printable($0))'" }.joined(separator: ", ")
      + (classes.count > shown ? ", … (\(classes.count))" : "")
  }
}

extension LabelledImage {
  fileprivate func example(target: Float) -> Example {
    Example(folder: folder, name: name, target: target, weight: weight)
  }
}
