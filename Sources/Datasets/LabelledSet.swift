/// Images in the order of their names with what their labels mean, to be split.
struct LabelledSet {
  var place: String
  var images: [LabelledImage]
  var labels: Labels

  func split(_ wish: DataDeclaration.Validation?, seed: UInt64) throws(DatasetError) -> Dataset {
    let parts = try chosenParts(wish, seed: seed)
    var set = Dataset(classes: labels.classes, training: [], validation: [], test: [])
    for (index, image) in images.enumerated() {
      let example = Example(
        folder: image.folder, name: image.name, target: labels.targets[index], weight: image.weight)
      switch parts[index] {
      case .training: set.training.append(example)
      case .validation: set.validation.append(example)
      case .test: set.test.append(example)
      }
    }
    try requireTraining(set)
    return set
  }

  /// What the table says; the share is taken from the images that it leaves for training.
  private func chosenParts(_ wish: DataDeclaration.Validation?, seed: UInt64) throws(DatasetError) -> [Part] {
    var parts = images.map { $0.part ?? .training }
    let isSplit = parts.contains(.validation)
    guard case .share(let share) = wish ?? .share(DataDeclaration.defaultShare) else {
      return parts
    }
    guard !isSplit else {
      if wish == nil { return parts }
      throw .unusable(
        path: place, problem: "the split column names validation images, and the job asks for a share of \(share)",
        cure: "leave out one of the two")
    }
    let open = parts.indices.filter { parts[$0] == .training }
    let choice = validationChoice(
      targets: open.map { labels.targets[$0] }, classes: labels.classes.count, share: share, seed: seed)
    for (index, isValidation) in zip(open, choice) where isValidation { parts[index] = .validation }
    return parts
  }

  /// A network learns from nothing only what it knew: every class needs training images, and there must be two.
  private func requireTraining(_ set: Dataset) throws(DatasetError) {
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
      throw .unusable(
        path: place, problem: "class '\(set.classes[empty])' has no training images",
        cure: "add some; classes that are numbers count from 0")
    }
  }
}
