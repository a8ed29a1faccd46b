import FoundationEssentials

/// The JSON that one of the two programs writes and the other reads: one line, the keys sorted, slashes as they are.
public enum WireJSON {
  /// One line without its newline. Nil if the value holds a number that JSON cannot say: one that is not finite.
  public static func line(_ value: some Encodable) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The line with its newline, as the content of a file; nil as for `line`.
  public static func bytes(_ value: some Encodable) -> [UInt8]? { line(value).map { Array(($0 + "\n").utf8) } }

  /// Nil if the bytes are not such a value.
  public static func read<Value: Decodable>(_ bytes: some Sequence<UInt8>, as: Value.Type = Value.self) -> Value? {
    try? JSONDecoder().decode(Value.self, from: Data(bytes))
  }
}
