public import Datasets
public import Networks

/// What a job asks of its data before the first step, once they are listed.
extension TrainingDeclaration {
  /// - Throws: `.classes`, `.classWeights` or `.lonelyImage`.
  public func check(_ dataset: Dataset, against plan: NetworkPlan) throws(TrainingError) {
    try requireOutputs(plan.output.count, for: dataset.classes)
    _ = try weighted(dataset.training, of: dataset.classes)
    try requireCompany(in: plan, images: dataset.training.count)
  }

  /// - Throws: `.classes` if a network of so many outputs cannot tell the classes apart by the job's loss.
  func requireOutputs(_ outputs: Int, for classes: [String]) throws(TrainingError) {
    let fitting = loss.outputs(forClasses: classes.count)
    guard let fitting, fitting.contains(outputs) else {
      throw .classes(classes, outputs: outputs, needed: fitting, loss: type(of: loss).keyword)
    }
  }

  /// The examples with the weights of their classes.
  /// - Throws: `.classWeights` if there is not a weight for each class.
  func weighted(_ examples: [Example], of classes: [String]) throws(TrainingError) -> [Example] {
    guard let weighted = classWeights.applied(to: examples, classes: classes.count) else {
      throw .classWeights(classWeights, classes: classes)
    }
    return weighted
  }

  /// - Throws: `.lonelyImage` if a layer that normalizes over the images of a batch would be shown a single value.
  func requireCompany(in plan: NetworkPlan, images: Int) throws(TrainingError) {
    guard let layer = plan.needsCompany, batchSize == 1 ? images > 0 : images % batchSize == 1 else { return }
    // A batch of all images leaves none alone, if no smaller one does.
    let better = (batchSize + 1...max(batchSize + 1, images)).first { images % $0 != 1 } ?? images
    throw .lonelyImage(
      layer: "layer \(layer.index) (\(layer.keyword))", images: images, batchSize: batchSize, better: better)
  }
}
