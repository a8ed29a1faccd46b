/// Images sorted by name, with the meaning of their labels, to be split into training, validation and test.
struct LabelledSet {
  var place: String
  var images: [LabelledImage]
  var labels: Labels
  var passedOver: [PassedOver] = []

  func split(_ declaration: DataDeclaration, seed: UInt64) -> Dataset {
    let parts = chosenParts(declaration, seed: seed)
    var set = Dataset(classes: labels.classes, training: [], validation: [], test: [])
    set.passedOver = passedOver
    set.hasNamedClasses = !labels.areNumbers
    set.isListedByTables = images.contains { $0.row != nil }
    for (index, image) in images.enumerated() {
      let example = Example(
        folder: image.folder, name: image.name, target: labels.targets[index], weight: image.weight)
      switch parts[index] {
      case .training: set.training.append(example)
      case .validation: set.validation.append(example)
      case .test: set.test.append(example)
      }
    }
    return set
  }

  /// The part of each image. The parts that a table or folders give stay; if they give no validation, a fold or a share of
  /// the training images is chosen for it, after the test.
  private func chosenParts(_ declaration: DataDeclaration, seed: UInt64) -> [Part] {
    var parts = images.map { $0.part ?? .training }
    choose(.test, share: declaration.test, of: &parts, seed: seed)
    if let folds = declaration.folds {
      choose(folds, of: &parts, seed: seed)
    } else if !parts.contains(.validation),
      case .share(let share) = declaration.validation ?? .share(DataDeclaration.defaultShare)
    {
      choose(.validation, share: share, of: &parts, seed: seed)
    }
    return parts
  }

  private func choose(_ folds: DataDeclaration.Folds, of parts: inout [Part], seed: UInt64) {
    let open = parts.indices.filter { parts[$0] == .training }
    let numbers = stratifiedFolds(
      targets: open.map { labels.targets[$0] }, classes: labels.classes.count, count: folds.count, seed: seed)
    for (index, number) in zip(open, numbers) where number == folds.index { parts[index] = .validation }
  }

  /// Moves a stratified share of the training images to `part`.
  private func choose(_ part: Part, share: Double, of parts: inout [Part], seed: UInt64) {
    let open = parts.indices.filter { parts[$0] == .training }
    let choice = stratifiedChoice(
      targets: open.map { labels.targets[$0] }, classes: labels.classes.count, share: share, seed: seed, for: part)
    for (index, isChosen) in zip(open, choice) where isChosen { parts[index] = part }
  }

  /// Throws unless there are at least two classes, each with training images; or, for soft labels, two different ones.
  func requireTraining(_ set: Dataset) throws(DatasetError) {
    guard let first = set.training.first else {
      throw .unusable(path: place, problem: "no images for training", cure: "mark rows with the split train")
    }
    let isSoft = set.training.contains { $0.target != $0.target.rounded() }
    if isSoft {
      guard set.training.contains(where: { $0.target != first.target }) else {
        throw .unusable(path: place, problem: "every training label is \(first.target)", cure: "add other images")
      }
      return
    }
    var counts = [Int](repeating: 0, count: set.classes.count)
    for example in set.training { counts[hardLabel(example.target, classes: set.classes.count)] += 1 }
    guard set.classes.count > 1 else {
      throw .unusable(
        path: place, problem: "a single class, '\(set.classes[0])'", cure: "add images of what it is not")
    }
    if let empty = counts.firstIndex(of: 0) {
      if let present = labels.uncounted, !present.contains(empty) {
        let shown = present.prefix(5).map(String.init).joined(separator: ", ") + (present.count > 5 ? ", …" : "")
        throw .unusable(
          path: place,
          problem:
            "the labels are the whole numbers \(shown), which stand for classes counted from 0, and no image has \(empty)",
          cure: "call the column `class` in place of `label` if they are names, such as years; else count from 0")
      }
      throw .unusable(
        path: place, problem: "class '\(set.classes[empty])' has no training images",
        cure: "add some; classes that are numbers count from 0")
    }
  }
}
