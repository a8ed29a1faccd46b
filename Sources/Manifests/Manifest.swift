public import Configuration
public import Datasets
public import Networks
public import Training

/// A job file: what is trained on what, and how. See `jobs/` for examples and `docs/manifest.schema.json` for every key.
public struct Manifest: Configurable {
  public static let keyword = "job"
  public static let summary = "A training job: a network, the images it learns from, and how."

  /// The job's `name`, or else the name of its file without folder and extension.
  public var name: String
  /// Whether the file has the key `name`.
  public let isNamed: Bool
  public var network: Network
  public var data: DataDeclaration
  public var training: TrainingDeclaration
  public var checkpoints: CheckpointDeclaration
  public var resources: ResourceDeclaration
  /// 0...100; a queued job of a higher priority runs first.
  public var priority: Int
  /// Where the job names its network and its files, for errors that are found only after the text has been read.
  public let places: Places

  /// Places of keys in the job file; nil for a key that it leaves out.
  public struct Places: Sendable {
    /// The document as a whole.
    public var job: Place
    public var network: Place?
    /// Of each source of images, in their order.
    public var sources: [Source] = []
    public var validation: Place?
    public var classWeights: Place?
    public var earlyStopping: Place?
    public var initialFrom: Place?

    public struct Source: Sendable {
      public var images: Place?
      public var labels: Place?
    }
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    var places = Places(job: fields.place, network: fields.place(of: "network"))
    isNamed = fields.place(of: "name") != nil
    name = try Self.name(&fields)
    network = try Self.network(&fields)
    data = try fields.section("data", DataDeclaration.summary) { (data) throws(ConfigurationError) in
      places.sources = data.sourcePlaces
      places.validation = data.place(of: "validation")
      return try DataDeclaration(reading: &data)
    }
    training = try fields.section("training", TrainingDeclaration.summary) { (training) throws(ConfigurationError) in
      places.classWeights = training.place(of: "classWeights")
      places.earlyStopping = training.place(of: "earlyStopping")
      places.initialFrom = training.place(of: "initialFrom")
      return try TrainingDeclaration(reading: &training)
    }
    checkpoints = try fields.section("checkpoints", CheckpointDeclaration.self, CheckpointDeclaration.summary)
    resources = try fields.section("resources", ResourceDeclaration.self, ResourceDeclaration.summary)
    priority = try fields.integer(
      "priority", in: 0...100, default: 50,
      "Of the queued jobs the one with the greatest runs first, of equals the oldest.")
    self.places = places
  }

  /// Reads a job file. `file` is printed in errors, and gives the job its name if the job file has none.
  ///
  /// - Throws: an error at the first place that is wrong.
  public static func parse(_ bytes: [UInt8], file: String) throws(ConfigurationError) -> Manifest {
    try Document.parse(bytes, file: file).read(Manifest.self)
  }

  /// The same for a text.
  public static func parse(_ text: String, file: String) throws(ConfigurationError) -> Manifest {
    try Document.parse(text, file: file).read(Manifest.self)
  }

  private static let longestName = 100

  private static func name(_ fields: inout Fields) throws(ConfigurationError) -> String {
    let name = try fields.optionalText("name", "What the job is called; left out, as its file.")
    guard let name else { return JobFile(fields.place.file).name }
    let length = name.unicodeScalars.count
    guard length <= longestName else {
      throw fields.error("`name` has \(length) characters; it may have \(longestName)", key: "name")
    }
    return name
  }

  private static func network(_ fields: inout Fields) throws(ConfigurationError) -> Network {
    try fields.value(
      "network", .anyOf([.choice(Network.presets.map(\.name)), .list(layerCatalogue.kind)]), default: nil, written: nil,
      doc: "A preset, or a list of layers.", standIn: { () throws(ConfigurationError) in Network([]) },
      parse: { (node) throws(ConfigurationError) in try Network(node) })
  }
}

extension Manifest {
  /// The JSON Schema (draft 7) of a job file, for editors; `docs/manifest.schema.json` is this.
  public static var schema: String {
    Configuration.schema(of: Manifest.self, title: "Kiln job").indented()
  }
}

extension Fields {
  /// Of `data`: where its images and labels stand, or those of each of its `dataSets`.
  fileprivate var sourcePlaces: [Manifest.Places.Source] {
    guard let images = places(of: "images", inEachOf: "dataSets"),
      let labels = places(of: "labels", inEachOf: "dataSets")
    else {
      return [Manifest.Places.Source(images: place(of: "images"), labels: place(of: "labels"))]
    }
    return zip(images, labels).map { Manifest.Places.Source(images: $0, labels: $1) }
  }
}
