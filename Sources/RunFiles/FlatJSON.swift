/// Writes one JSON object of numbers and words, its members in the order they are added.
///
/// A number is the shortest that reads back as the same bits. JSON has no NaN and no infinity: such a value is
/// null, and a word beside it says which (`"loss":null,"lossIs":"nan"`).
struct FlatJSON {
  private var members: [String] = []

  var text: String { "{" + members.joined(separator: ",") + "}" }

  /// - Parameter word: letters only; nothing is escaped.
  mutating func add(_ key: String, word: StaticString) {
    members.append("\"\(key)\":\"\(word)\"")
  }

  mutating func add(_ key: String, word: some RawRepresentable<String>) {
    members.append("\"\(key)\":\"\(word.rawValue)\"")
  }

  /// - Parameter text: anything; null for nil.
  mutating func add(_ key: String, text: String?) {
    members.append("\"\(key)\":\(text.flatMap { WireJSON.line($0) } ?? "null")")
  }

  mutating func add(_ key: String, _ number: Int?) {
    members.append("\"\(key)\":\(number.map(String.init) ?? "null")")
  }

  mutating func add(_ key: String, _ number: Double?) {
    guard let number, !number.isFinite else {
      members.append("\"\(key)\":\(number?.description ?? "null")")
      return
    }
    members.append("\"\(key)\":null,\"\(key)Is\":\"\(NonFinite(number).rawValue)\"")
  }

  mutating func add(_ key: String, _ matrix: [[Int]]) {
    let rows = matrix.map { "[" + $0.map(String.init).joined(separator: ",") + "]" }
    members.append("\"\(key)\":[\(rows.joined(separator: ","))]")
  }
}

/// The words for what JSON cannot say.
enum NonFinite: String, Decodable {
  case nan
  case infinity
  case minusInfinity

  init(_ number: Double) {
    self = number.isNaN ? .nan : number > 0 ? .infinity : .minusInfinity
  }

  var number: Double {
    switch self {
    case .nan: .nan
    case .infinity: .infinity
    case .minusInfinity: -.infinity
    }
  }
}

/// A member's name, when reading.
struct Key: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer<Key> {
  func integer(_ key: String) throws -> Int {
    try decode(Int.self, forKey: Key(stringValue: key))
  }

  /// A number that must be there; null only together with its word.
  func number(_ key: String) throws -> Double {
    if let number = try optionalNumber(key) { return number }
    throw DecodingError.valueNotFound(
      Double.self, DecodingError.Context(codingPath: codingPath, debugDescription: "\(key) is null"))
  }

  func optionalNumber(_ key: String) throws -> Double? {
    if let number = try decodeIfPresent(Double.self, forKey: Key(stringValue: key)) { return number }
    return try decodeIfPresent(NonFinite.self, forKey: Key(stringValue: key + "Is"))?.number
  }
}
