import FoundationEssentials

/// The JSON that one of the two programs writes and the other reads: one line, the keys sorted, slashes as they are.
public enum WireJSON {
  /// One line without its newline.
  ///
  /// The values of this target hold numbers, words and lists, and no number that JSON cannot say. So encoding cannot
  /// fail, and a failure is a bug of Kiln's.
  public static func line(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      preconditionFailure("a value of the contract cannot be written: \(error)")
    }
  }

  /// The line with its newline, as the content of a file.
  public static func bytes(_ value: some Encodable) -> [UInt8] { Array((line(value) + "\n").utf8) }

  /// Nil if the bytes are not such a value.
  public static func read<Value: Decodable>(_ bytes: some Sequence<UInt8>, as: Value.Type = Value.self) -> Value? {
    try? JSONDecoder().decode(Value.self, from: Data(bytes))
  }
}
