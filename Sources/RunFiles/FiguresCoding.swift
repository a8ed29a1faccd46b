import Figures

extension Figure {
  /// Its name in a row: `f1`, or with a prefix `validationF1`.
  func key(_ prefix: String) -> String { FlatJSON.key(rawValue, prefix) }
}

extension FlatJSON {
  /// A confusion of more classes is left out of a row: it would be most of the file.
  private static let mostClasses = 16

  static func key(_ name: String, _ prefix: String) -> String {
    prefix.isEmpty ? name : prefix + name.prefix(1).uppercased() + name.dropFirst()
  }

  mutating func add(_ figures: ClassificationFigures, prefix: String = "", without: [Figure] = []) {
    for figure in Figure.allCases where !without.contains(figure) { add(figure.key(prefix), figures[figure]) }
    guard figures.confusion.count <= Self.mostClasses else { return }
    add(Self.key("confusion", prefix), figures.confusion)
  }
}

extension KeyedDecodingContainer<Key> {
  /// Nil if the row has none of the figures but those that every version wrote.
  func figures(prefix: String = "") throws -> ClassificationFigures? {
    guard contains(Key(stringValue: Figure.f1.key(prefix))) else { return nil }
    var values: [Figure: Double] = [:]
    for figure in Figure.allCases { values[figure] = try optionalNumber(figure.key(prefix)) }
    let confusion = Key(stringValue: FlatJSON.key("confusion", prefix))
    return ClassificationFigures(values: values, confusion: try decodeIfPresent([[Int]].self, forKey: confusion) ?? [])
  }
}
