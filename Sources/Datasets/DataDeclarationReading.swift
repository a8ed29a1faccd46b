public import Configuration
import Images

extension DataDeclaration: Described {
  public static let keyword = "data"
  public static let summary = "the images, their labels, and how they are shown to the network"

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    sources = try Self.sources(&fields)
    split = try Self.split(&fields)
    folds = try Self.folds(&fields)
    validation = try Self.validation(&fields)
    test = try fields.number(
      "test", in: 0...0.9, default: 0,
      "a share of each class that is held out by the seed, before validation is chosen, and evaluated once at the end")
    normalize = try Self.normalization(&fields)
    augment = try fields.section("augment", Augmentation.self, "how training images are shown otherwise than they are")
    positiveAbove = try fields.optionalNumber(
      "positiveAbove", in: 0...0.99, "a label above it is class 1; left out, probabilities stay soft labels")
    maximumSkipped = try fields.number(
      "maximumSkipped", in: 0...1, default: Self.defaultMaximumSkipped,
      "the share of images that may be damaged before the job fails")
    cache = try fields.boolean(
      "cache", default: true, "keep decoded images on disk for later jobs; the result is the same without")
    reading = try ImageReading(reading: &fields)
    if folds != nil, validation != nil {
      throw fields.error(
        "`folds` says which images are validated, and so does `validation`", key: "folds", hint: "leave one of them out"
      )
    }
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "images": sources.count == 1 ? .string(sources[0].images) : nil,
      "labels": sources.count == 1 ? sources[0].labels.map(JSON.string) : nil,
      "dataSets": sources.count == 1 ? nil : .array(sources.map { .object($0.essentials) }),
      "split": split.map(JSON.word), "folds": folds.map { .object($0.essentials) }, "validation": validation?.json,
      "test": .number(test), "normalize": normalize.json, "augment": .object(augment.essentials),
      "positiveAbove": positiveAbove.map(JSON.number), "maximumSkipped": .number(maximumSkipped),
      "cache": .boolean(cache), "alpha": reading.alpha.json, "resize": .word(reading.resize),
      "jpegScaling": .boolean(reading.scaling),
    ]
  }

  private static func validation(_ fields: inout Fields) throws(ConfigurationError) -> Validation? {
    let shares = 0...0.99
    let doc = "a share of each class, or a second folder or CSV file; left out, the table's split column, or else 0.2"
    guard let node = try fields.node("validation", .anyOf([.number(shares), .text]), doc) else { return nil }
    let isNumber = node.scalar.map { Double($0) != nil } ?? false
    return isNumber ? .share(try node.number("validation", in: shares)) : .path(try node.text("validation"))
  }

  private static func normalization(_ fields: inout Fields) throws(ConfigurationError) -> Normalization {
    let words = ["dataset", "none"]
    let kind = ValueKind.anyOf([.choice(words), .section(declarations(of: GivenStatistics.self))])
    let doc = "(pixel / 255 - mean) / std by channel: over the training images, not at all, or as given"
    return try fields.value(
      "normalize", kind, default: .dataset, written: "dataset", doc: doc,
      standIn: { () throws(ConfigurationError) in .dataset },
      parse: { (node) throws(ConfigurationError) in
        if node.keys != nil { return .given(try node.read(GivenStatistics.self).statistics) }
        guard node.scalar != nil else { throw node.mismatch("normalize", kind) }
        return try node.choice("normalize", of: words) == "none" ? .none : .dataset
      })
  }
}

extension DataDeclaration.Validation {
  fileprivate var json: JSON {
    switch self {
    case .share(let share): .number(share)
    case .path(let path): .string(path)
    }
  }
}

extension DataDeclaration.Normalization {
  fileprivate var json: JSON {
    switch self {
    case .dataset: "dataset"
    case .none: "none"
    case .given(let statistics):
      ["mean": .array(statistics.mean.map(JSON.number)), "std": .array(statistics.deviation.map(JSON.number))]
    }
  }
}

/// `{mean: [red, green, blue], std: [red, green, blue]}`
private struct GivenStatistics: Configurable {
  static let keyword = "normalize"
  static let summary = "mean and standard deviation of pixel / 255 by channel"
  var statistics: ChannelStatistics

  init(reading fields: inout Fields) throws(ConfigurationError) {
    statistics = ChannelStatistics(
      mean: try Self.channels("mean", in: 0...1, "of pixel / 255: red, green, blue", &fields),
      deviation: try Self.channels("std", in: 0.001...1, "standard deviation of pixel / 255: red, green, blue", &fields)
    )
  }

  private static func channels(
    _ key: String, in range: ClosedRange<Double>, _ doc: String, _ fields: inout Fields
  ) throws(ConfigurationError) -> [Double] {
    let kind = ValueKind.list(.number(range))
    return try fields.value(
      key, kind, default: nil, written: nil, doc: doc,
      standIn: { () throws(ConfigurationError) in [] },
      parse: { (node) throws(ConfigurationError) in
        guard let elements = node.elements, elements.count == 3 else {
          throw node.mismatch(key, kind, hint: "write three numbers: [red, green, blue]")
        }
        var numbers: [Double] = []
        for element in elements { numbers.append(try element.number(key, in: range)) }
        return numbers
      })
  }
}

extension Augmentation: Described {
  public static let keyword = "augment"
  public static let summary = "changes to an image that leave its class, drawn anew for each image and epoch"

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    flip = try fields.choice("flip", of: Flip.self, default: Flip.none, "mirror images at random")
    rotate = try fields.choice("rotate", of: Rotation.self, default: Rotation.none, "turn by 0 to 3 quarters")
    shift = try fields.integer(
      "shift", in: 0...128, default: 0, "move by up to so many pixels each way; the edge is repeated")
    brightness = try fields.number(
      "brightness", in: 0...0.9, default: 0, "multiply all bytes by a factor between 1 - this and 1 + this")
    contrast = try fields.number(
      "contrast", in: 0...0.9, default: 0,
      "multiply the bytes' distances from their mean by a factor between 1 - this and 1 + this")
    angle = try fields.number(
      "angle", in: 0...180, default: 0, "turn by up to so many degrees either way; the edge is repeated")
    scale = try fields.number(
      "scale", in: 0...0.5, default: 0, "show larger or smaller, by a factor between 1 - this and 1 + this")
    noise = try fields.number(
      "noise", in: 0...0.5, default: 0, "standard deviation of normal noise on every byte; 0.02 is 5.1 of 255")
    erase = try fields.section("erase", Erasing.self, Erasing.summary)
    mixup = try fields.number(
      "mixup", in: 0...2, default: 0,
      "lay images of a batch over each other in pairs, by shares of the beta distribution of (this, this); 0.2 is usual"
    )
    // Below, the powers of its draws are 0 and 1 alone.
    if mixup > 0, mixup < 0.01 {
      throw fields.error("`mixup` is 0, or 0.01 or more", key: "mixup", hint: "leave it out to mix no images")
    }
  }

  public var settings: KeyValuePairs<String, JSON?> {
    [
      "flip": .word(flip), "rotate": .word(rotate), "shift": .whole(shift), "brightness": .number(brightness),
      "contrast": .number(contrast), "angle": .number(angle), "scale": .number(scale), "noise": .number(noise),
      "erase": .object(erase.essentials), "mixup": .number(mixup),
    ]
  }
}

extension Erasing: Described {
  public static let keyword = "erase"
  public static let summary = "paint a rectangle of some images over with their mean, anywhere"

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    probability = try fields.number("probability", in: 0...1, default: 0, "of an image to lose a rectangle")
    area = try fields.number(
      "area", in: Self.leastArea...0.9, default: Self.standardArea,
      "the rectangle's greatest share of the image; the smallest is 0.02")
  }

  public var settings: KeyValuePairs<String, JSON?> { ["probability": .number(probability), "area": .number(area)] }
}
