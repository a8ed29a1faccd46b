public import Configuration
public import Datasets
import DurableFiles
import Images
public import Networks
import Tensors

/// What can be told of a job before it runs, beyond its text.
extension Manifest {
  /// The network bound to the shape of the images.
  ///
  /// - Throws: an error at the layer that cannot take the shape that reaches it, or at a network whose output the loss
  ///   cannot judge.
  public func plan() throws(ConfigurationError) -> NetworkPlan {
    let side = ImagePlanes.side
    let plan: NetworkPlan
    do {
      plan = try NetworkPlan(
        network, input: Shape(channels: 3, height: side, width: side), convolution: training.convolution)
    } catch {
      let place = error.place ?? places.network ?? places.job
      throw place.error(error.message, hint: error.mismatch.cure)
    }
    let loss = type(of: training.loss)
    guard plan.output.isFlat || plan.output.count == 1, loss.accepts(outputs: plan.output.count) else {
      let place = network.layers.last?.place ?? places.network ?? places.job
      throw place.error("\(loss.keyword) cannot judge a network that ends in \(plan.output)", hint: loss.cure)
    }
    try checkEarlyStopping()
    return plan
  }

  /// Without validation the training's own loss and accuracy decide; other figures are not known.
  private func checkEarlyStopping() throws(ConfigurationError) {
    guard let metric = training.earlyStopping?.metric, data.validation == .share(0),
      ![.loss, .accuracy].contains(metric)
    else { return }
    throw (places.earlyStopping ?? places.job).error(
      "earlyStopping waits for \(metric.rawValue), but `validation: 0` leaves no images to validate",
      hint: "set some aside, as `validation: 0.2`, or write `metric: loss`")
  }

  /// Looks for the files and folders that the job names.
  ///
  /// - Throws: an error at the key whose file or folder is not there, or is outside the data roots.
  public func findData(at location: DataLocation) throws(ConfigurationError) {
    let images = try find(data.images, at: places.images) { (path) throws(DatasetError) in try location.find(path) }
    guard (try? facts(at: images))??.kind == .directory else {
      throw (places.images ?? places.job).error(
        "\(images) is not a folder", hint: "`images` names the folder; a table goes under `labels`")
    }
    if let labels = data.labels {
      _ = try find(labels, at: places.labels) { (path) throws(DatasetError) in try location.find(path, in: images) }
    }
    guard let initial = training.initialFrom else { return }
    _ = try find(initial, at: places.initialFrom) { (path) throws(DatasetError) in try location.find(path) }
  }

  private func find(
    _ path: String, at place: Place?, _ look: (String) throws(DatasetError) -> String
  ) throws(ConfigurationError) -> String {
    do { return try look(path) } catch { throw (place ?? places.job).error("\(error)") }
  }
}
