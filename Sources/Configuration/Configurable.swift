/// A value that is read from a mapping.
///
/// The initializer must read all of its keys, whatever values it meets: the same initializer is run without a document
/// to list them (`declarations(of:)`).
public protocol Configurable: Sendable {
  /// The word that stands for the value in a document, as `conv2d`.
  static var keyword: String { get }
  /// One line for the documentation.
  static var summary: String { get }
  init(reading fields: inout Fields) throws(ConfigurationError)
}

/// The keys that a type reads, with ranges, defaults and documentation. They are found by running the type's
/// initializer without a document: each read then returns the default, or the least value of its range. If such a value
/// makes the initializer throw, the keys after that point are missing from the result.
public func declarations<Value: Configurable>(of type: Value.Type) -> [KeyDeclaration] {
  declarations { (fields) throws(ConfigurationError) in try Value(reading: &fields) }
}

func declarations<Value>(
  _ read: (inout Fields) throws(ConfigurationError) -> Value
) -> [KeyDeclaration] {
  var fields = Fields.recording()
  _ = try? read(&fields)
  return fields.declarations
}

extension Node {
  /// Reads a mapping.
  ///
  /// - Throws: an error at a value that is wrong or is no mapping, or at a key that the type does not read.
  public func read<Value: Configurable>(_ type: Value.Type) throws(ConfigurationError) -> Value {
    try read(Value.keyword, at: place) { (fields) throws(ConfigurationError) in try Value(reading: &fields) }
  }

  /// Reads a mapping that messages call `name`. An error about the mapping as a whole points to `anchor`.
  func read<Value>(
    _ name: String, at anchor: Place, _ body: (inout Fields) throws(ConfigurationError) -> Value
  ) throws(ConfigurationError) -> Value {
    guard case .mapping(let members) = content else {
      throw error("\(name) must be a mapping, but is \(found)", hint: "write its settings as `key: value`")
    }
    return try Fields.read(members, name: name, at: anchor, body)
  }
}
