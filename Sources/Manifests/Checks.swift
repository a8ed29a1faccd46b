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
    let plan = try networkPlan()
    try checkEarlyStopping()
    return plan
  }

  /// The network as the job trains it, for its loss; other settings are not looked at.
  /// - Parameters:
  ///   - side: rows and columns of the images, if they are not as large as in training.
  ///   - convolution: the algorithms that convolutions may use, instead of the job's.
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

  /// Without validation the training's own loss and accuracy decide; other figures are not known.
  private func checkEarlyStopping() throws(ConfigurationError) {
    guard let metric = training.earlyStopping?.metric, data.validation == .share(0),
      ![.loss, .accuracy].contains(metric)
    else { return }
    throw (places.earlyStopping ?? places.job).error(
      "earlyStopping waits for \(metric.rawValue), but `validation: 0` leaves no images to validate",
      hint: "set some aside, as `validation: 0.2`, or write `metric: loss`")
  }

  /// Looks for the files and folders that the job names. What cannot be looked at now (a disk that fails or is not
  /// mounted, no descriptor left) says nothing about the job: its trainer will meet it, and try again later.
  ///
  /// - Throws: an error at the key whose file or folder is not there, or is outside the data roots.
  public func findData(at location: DataLocation) throws(ConfigurationError) {
    let look = { (path: String) throws(DatasetError) in try location.find(path) }
    if let images = try find(data.images, at: places.images, look) {
      try requireFolder(images)
      if let labels = data.labels {
        _ = try find(labels, at: places.labels) { (path) throws(DatasetError) in try location.find(path, in: images) }
      }
    }
    if let initial = training.initialFrom { _ = try find(initial, at: places.initialFrom, look) }
  }

  private func requireFolder(_ images: String) throws(ConfigurationError) {
    let kind: FileKind?
    // Found a moment ago: a failure to look at it is the disk's.
    do { kind = try facts(at: images)?.kind } catch { return }
    guard kind == .directory else {
      throw (places.images ?? places.job).error(
        "\(images) is not a folder", hint: "`images` names the folder; a table goes under `labels`")
    }
  }

  /// - Returns: where a path of the job leads; nil if nobody can tell now.
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
