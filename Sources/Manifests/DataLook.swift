public import Configuration
public import Datasets
import DurableFiles
public import Networks
import Training

/// How far a look at a job's data has come: the images are listed and labelled, and none of them is opened.
public enum DataLook: Sendable {
  case listed(Dataset, DataAccount)
  /// Not to the end, which says nothing about the job; the trainer looks again.
  case unfinished(why: String)
}

/// How much time and memory a look may take: a process that validates has little of both.
public struct LookLimits: Sendable {
  public var seconds: Double
  /// The largest table, in bytes. While it is read, a row takes ten times its text.
  public var tableBytes: Int

  public init(seconds: Double = 3, tableBytes: Int = 8 << 20) {
    self.seconds = seconds
    self.tableBytes = tableBytes
  }
}

extension Manifest {
  /// Lists the job's images and compares their classes to the network, the loss and the weights of classes.
  ///
  /// - Parameter limits: nil to go on to the end.
  /// - Throws: an error at the key whose file, folder or value is wrong. The message has the place in the data.
  public func look(
    at location: DataLocation, for plan: NetworkPlan, within limits: LookLimits?
  ) throws(ConfigurationError) -> DataLook {
    try findData(at: location)
    if let limits, let table = largeTable(at: location, limits) {
      return .unfinished(why: "\(table) is larger than \(limits.tableBytes >> 20) MiB")
    }
    let dataset: Dataset
    do {
      let seconds = limits?.seconds ?? .infinity
      let found =
        try limits == nil
        ? Dataset.load(data, at: location, seed: training.seed)
        : Dataset.load(data, at: location, seed: training.seed, within: seconds)
      guard let found else { return .unfinished(why: "listing the images takes more than \(Int(seconds)) s") }
      dataset = found
    } catch {
      guard error.kind == .permanent else { return .unfinished(why: "\(error)") }
      // A message of the job file is one line, and the images that are named at its end stand on lines of their own.
      throw place(of: error, at: location).error("\(error)".split(separator: "\n").joined(separator: " "))
    }
    do { try training.check(dataset, against: plan) } catch { throw place(of: error, plan).error("\(error)") }
    return .listed(dataset, DataAccount(dataset, data, as: data.reading))
  }

  /// The path of a table that is too large to be read within the limits.
  private func largeTable(at location: DataLocation, _ limits: LookLimits) -> String? {
    // What cannot be looked at is no large table; whoever reads it finds out why.
    tables(at: location).first { ((try? facts(at: $0)) ?? nil)?.size ?? 0 > limits.tableBytes }
  }

  /// The paths of the job's tables that are there.
  private func tables(at location: DataLocation) -> [String] {
    var tables: [String] = []
    for (number, source) in data.sources.enumerated() {
      guard let labels = source.labels, let images = try? location.find(source.images) else { continue }
      if let table = try? location.find(labels, in: images) { tables.append(table) }
      if number == 0, case .path(let path) = data.validation, let table = try? location.find(path, in: images) {
        tables.append(table)
      }
    }
    return tables
  }

  /// The key that brought the data into the job of which an error speaks.
  private func place(of error: DatasetError, at location: DataLocation) -> Place {
    guard let path = error.path else {
      return places.sources.first.flatMap { $0.labels ?? $0.images } ?? places.job
    }
    func leads(_ text: String?, in folder: String? = nil) -> Bool {
      guard let text, let found = try? location.find(text, in: folder) else { return false }
      return ByteText(path) == ByteText(found) || ByteText(path).hasPrefix("\(found)/")
    }
    for (source, places) in zip(data.sources, places.sources) {
      let images = try? location.find(source.images)
      if leads(source.labels, in: images), let place = places.labels { return place }
      if case .path(let second) = data.validation, leads(second, in: images) || leads(second),
        let place = self.places.validation
      {
        return place
      }
      if leads(source.images), let place = places.images { return place }
    }
    return places.sources.first?.images ?? places.job
  }

  private func place(of error: TrainingError, _ plan: NetworkPlan) -> Place {
    let place: Place? =
      switch error {
      case .classes: network.layers.last?.place
      case .classWeights: places.classWeights
      case .lonelyImage: plan.needsCompany.flatMap { network.layers[$0.index].place }
      default: nil
      }
    return place ?? places.network ?? places.job
  }
}
