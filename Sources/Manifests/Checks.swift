public import Configuration
public import Datasets
import DurableFiles
import Images
public import Networks
import Tensors

/// Checks of a job before it runs that need more than its text: the network's shapes, and the files that it names.
extension Manifest {
  /// The network, planned for images of 3 x 256 x 256.
  ///
  /// - Throws: an error at a layer that cannot take the shape that reaches it, at a network whose output does not fit
  ///   the loss, or at an `earlyStopping` whose metric needs validation images that the job does not have.
  public func plan() throws(ConfigurationError) -> NetworkPlan {
    let plan = try networkPlan()
    try checkEarlyStopping()
    return plan
  }

  /// The network, planned for the job's loss. Other settings of the job are not checked.
  ///
  /// - Parameters:
  ///   - side: rows and columns of the images; nil for the size in training, 256.
  ///   - convolution: the algorithms that convolutions may use; nil for those of the job.
  ///   - takesInputGradient: whether the plan also computes the gradient of the images, for checks of gradients.
  /// - Throws: an error at the layer or at the network.
  public func networkPlan(
    side: Int? = nil, convolution: ConvolutionChoice? = nil, takesInputGradient: Bool = false
  ) throws(ConfigurationError) -> NetworkPlan {
    let side = side ?? ImagePlanes.side
    do {
      return try NetworkPlan(
        network, judgedBy: training.loss, input: Shape(channels: 3, height: side, width: side),
        convolution: convolution ?? training.convolution, takesInputGradient: takesInputGradient)
    } catch {
      throw (error.place ?? places.network ?? places.job).error(error.message, hint: error.cure)
    }
  }

  /// A run that an earlier version began may go on, for its bytes.
  ///
  /// - Throws: an error at a `batchNorm` that would see one value a channel, in batches of one image.
  public func checkBatches(_ plan: NetworkPlan) throws(ConfigurationError) {
    guard training.batchSize == 1, let layer = plan.needsCompany else { return }
    throw (network.layers[layer.index].place ?? places.network ?? places.job).error(
      "layer \(layer.index) (\(layer.keyword)) has one value a channel of each image: with `batchSize: 1` there is no "
        + "variance to divide by",
      hint: "raise `batchSize`, or put the layer before the image has shrunk to one pixel")
  }

  /// Without validation images, early stopping can watch the training's loss and accuracy; other metrics are not
  /// computed.
  private func checkEarlyStopping() throws(ConfigurationError) {
    guard let metric = training.earlyStopping?.metric, data.validation == .share(0),
      ![.loss, .accuracy].contains(metric)
    else { return }
    throw (places.earlyStopping ?? places.job).error(
      "earlyStopping waits for \(metric.rawValue), but `validation: 0` leaves no images to validate",
      hint: "set some aside, as `validation: 0.2`, or write `metric: loss`")
  }

  /// Looks for the files and folders that the job names. A place that cannot be looked at now (a disk that fails or is
  /// not mounted, no descriptor left) is passed over: it says nothing about the job, and the trainer looks again.
  ///
  /// - Throws: an error at the key whose file or folder is not there, or is outside the data roots.
  public func findData(at location: DataLocation) throws(ConfigurationError) {
    let look = { (path: String) throws(DatasetError) in try location.find(path) }
    for (source, place) in zip(data.sources, places.sources) {
      guard let images = try find(source.images, at: place.images, look) else { continue }
      try requireFolder(images, at: place.images)
      if let labels = source.labels {
        _ = try find(labels, at: place.labels) { (path) throws(DatasetError) in try location.find(path, in: images) }
      }
    }
    try findValidation(at: location)
    // Which runs there are is known to whoever trains the job.
    if case .file(let initial) = training.initialFrom { _ = try find(initial, at: places.initialFrom, look) }
  }

  /// A table is looked for beneath the images, a folder as `images` is.
  private func findValidation(at location: DataLocation) throws(ConfigurationError) {
    guard case .path(let path) = data.validation else { return }
    let images = data.sources.first.flatMap { try? location.find($0.images) }
    if let images, (try? location.find(path, in: images)) != nil { return }
    let isTable = [".csv", ".tsv"].contains { path.lowercased().hasSuffix($0) }
    _ = try find(path, at: places.validation) { (path) throws(DatasetError) in
      try location.find(path, in: isTable ? images : nil)
    }
  }

  private func requireFolder(_ images: String, at place: Place?) throws(ConfigurationError) {
    let kind: FileKind?
    // The folder was found a moment ago, so a failure to look at it now is not the job's fault.
    do { kind = try facts(at: images)?.kind } catch { return }
    guard kind == .directory else {
      throw (place ?? places.job).error(
        "\(images) is not a folder", hint: "`images` names the folder; a table goes under `labels`")
    }
  }

  /// - Returns: the resolved path; nil if the file system cannot tell now.
  private func find(
    _ path: String, at place: Place?, _ look: (String) throws(DatasetError) -> String
  ) throws(ConfigurationError) -> String? {
    do {
      return try look(path)
    } catch {
      if error.kind == .transient { return nil }
      throw (place ?? places.job).error("\(error)")
    }
  }
}
