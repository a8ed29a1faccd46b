public import Configuration

/// The keys of `data` that say where the images are and how they are divided.
extension DataDeclaration {
  static func sources(_ fields: inout Fields) throws(ConfigurationError) -> [Source] {
    let doc = "a folder per class; with labels, the folder of the table's paths"
    let hasSets = fields.place(of: "dataSets") != nil
    let images = hasSets ? try fields.optionalText("images", doc) : try fields.text("images", doc)
    let labels = try fields.optionalText(
      "labels", "a table path,label[,split,weight] in CSV or TSV, relative to images")
    let sets = try dataSets(&fields)
    fields.allow("dataSets", inPlaceOf: "images")
    guard let sets else { return [Source(images: images ?? "", labels: labels)] }
    for (key, value) in [("images", images), ("labels", labels)] where value != nil {
      throw fields.error("`\(key)` stands beside `dataSets`", key: key, hint: "write it as one more of the dataSets")
    }
    return sets
  }

  private static func dataSets(_ fields: inout Fields) throws(ConfigurationError) -> [Source]? {
    let kind = ValueKind.list(.section(declarations(of: Source.self)))
    let doc = "several sources in place of images and labels: a list of {images, labels}"
    guard let node = try fields.node("dataSets", kind, doc) else { return nil }
    guard let elements = node.elements, !elements.isEmpty else {
      throw node.mismatch("dataSets", kind, hint: "write `[{images: …}, {images: …, labels: …}]`")
    }
    var sets: [Source] = []
    for element in elements { sets.append(try element.read(Source.self)) }
    return sets
  }

  static func split(_ fields: inout Fields) throws(ConfigurationError) -> Split? {
    let words = Split.allCases.map(\.rawValue)
    let doc =
      "folders: train, val and test over (or in) the class folders are the parts; random: folders are classes alone"
    guard let node = try fields.node("split", .choice(words), doc) else { return nil }
    return Split(rawValue: try node.choice("split", of: words))
  }

  static func folds(_ fields: inout Fields) throws(ConfigurationError) -> Folds? {
    let doc =
      "cross-validation in place of validation: the images in so many folds by the seed, of which one is validated"
    let kind = ValueKind.section(declarations(of: Folds.self))
    return try fields.node("folds", kind, doc).map { (node) throws(ConfigurationError) in try node.read(Folds.self) }
  }
}

extension DataDeclaration.Source: Described {
  public static let keyword = "dataSets"
  public static let summary = "a source of images"

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    images = try fields.text("images", "a folder per class; with labels, the folder of the table's paths")
    labels = try fields.optionalText("labels", "a table path,label[,split,weight], relative to images")
  }

  public var settings: KeyValuePairs<String, JSON?> {
    ["images": .string(images), "labels": labels.map(JSON.string)]
  }
}

extension DataDeclaration.Folds: Described {
  public static let keyword = "folds"
  public static let summary = "cross-validation"

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    count = try fields.integer("count", in: 2...1000, "the number of folds")
    index = try fields.integer("index", in: 0...999, default: 0, "the fold to validate, from 0")
    guard index < count else {
      throw fields.error(
        "`index` is \(index), and \(count) folds are counted from 0 to \(count - 1)", key: "index",
        hint: "the last one is \(count - 1)")
    }
  }

  public var settings: KeyValuePairs<String, JSON?> { ["count": .whole(count), "index": .whole(index)] }
}
