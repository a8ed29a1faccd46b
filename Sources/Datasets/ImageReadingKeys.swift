import Configuration
import Images

/// The keys of `data` that say how files become squares.
extension ImageReading {
  init(reading fields: inout Fields) throws(ConfigurationError) {
    self.init(
      alpha: try Self.background(&fields),
      resize: try fields.choice(
        "resize", of: Resize.self, default: .stretch,
        "to a square of 256: stretch both sides, crop the longer one, or fit the whole image in with bars"),
      scaling: try fields.boolean(
        "jpegScaling", default: true,
        "decode large JPEGs at 1/2, 1/4 or 1/8, which is faster and nearly the same; false decodes them whole"))
  }

  private static let words: KeyValuePairs<String, Background> = ["white": .white, "black": .black, "drop": .drop]

  private static func background(_ fields: inout Fields) throws(ConfigurationError) -> Background {
    let names = words.map(\.key)
    let kind = ValueKind.anyOf([.choice(names), .list(.integer(0...255))])
    return try fields.value(
      "alpha", kind, default: .white, written: "white",
      doc: "what is seen where an image is transparent; drop takes the colours that the file stores there",
      standIn: { () throws(ConfigurationError) in .white },
      parse: { (node) throws(ConfigurationError) in
        guard let elements = node.elements else {
          guard node.scalar != nil else { throw node.mismatch("alpha", kind) }
          let word = try node.choice("alpha", of: names)
          return words.first { $0.key == word }?.value ?? .white
        }
        guard elements.count == 3 else {
          throw node.mismatch("alpha", kind, hint: "write three numbers: [red, green, blue]")
        }
        var bytes: [UInt8] = []
        for element in elements { bytes.append(UInt8(try element.integer("alpha", in: 0...255))) }
        return .colour(red: bytes[0], green: bytes[1], blue: bytes[2])
      })
  }
}

extension ImageReading.Background {
  var json: JSON {
    switch self {
    case .white: "white"
    case .black: "black"
    case .drop: "drop"
    case .colour(let red, let green, let blue): .array([.whole(red), .whole(green), .whole(blue)])
    }
  }
}
