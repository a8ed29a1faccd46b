/// A value that is read from a mapping. The initializer reads every key it knows, whatever their values are,
/// because the same initializer is run to list them: see `declarations(of:)`.
public protocol Configurable: Sendable {
  /// The word that stands for the value in a document, as `conv2d`.
  static var keyword: String { get }
  /// One line for the documentation.
  static var summary: String { get }
  init(reading fields: inout Fields) throws(ConfigurationError)
}

/// The keys that a type reads, with ranges, defaults and documentation, found by running its initializer on no document at all.
/// Keys behind a throw in the initializer are not found: it meets defaults, or the least values of the declared ranges.
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
  /// Reads a mapping and refuses the keys that the type did not ask for.
  public func read<Value: Configurable>(_ type: Value.Type) throws(ConfigurationError) -> Value {
    try read(Value.keyword, at: place) { (fields) throws(ConfigurationError) in try Value(reading: &fields) }
  }

  /// Reads a mapping called `name`; an error about the whole of it points to `anchor`.
  func read<Value>(
    _ name: String, at anchor: Place, _ body: (inout Fields) throws(ConfigurationError) -> Value
  ) throws(ConfigurationError) -> Value {
    guard case .mapping(let members) = content else {
      throw error("\(name) must be a mapping, but is \(found)", hint: "write its settings as `key: value`")
    }
    return try Fields.read(members, name: name, at: anchor, body)
  }
}
