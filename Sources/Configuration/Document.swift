import Yams

/// One YAML or JSON document. Features of YAML that a job file does not need are refused, with their place: anchors,
/// aliases, tags, merge keys, repeated keys, several documents.
public enum Document {
  /// The longest text that is read, in bytes of UTF-8.
  public static let maximumBytes = 1 << 20
  /// How deep lists and mappings may lie in each other.
  public static let maximumDepth = 32
  /// How many values and keys a document may have.
  public static let maximumNodes = 20_000

  /// Parses a document and returns its root.
  ///
  /// - Parameter file: the name that errors print.
  /// - Throws: an error at the place that is too long, not UTF-8, not YAML, or a feature that is refused.
  public static func parse(_ bytes: [UInt8], file: String) throws(ConfigurationError) -> Node {
    let start = Source(text: "", file: file).place(line: 1, column: 1)
    guard bytes.count <= maximumBytes else { throw start.tooLarge(bytes.count) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Place(source: start.source, line: bytes.lineOfInvalidText, column: 1, length: 1).error(
        "the file is not UTF-8 text", hint: "save it in the encoding UTF-8")
    }
    return try parse(text, file: file)
  }

  /// The same for a text.
  public static func parse(_ text: String, file: String) throws(ConfigurationError) -> Node {
    // Yams counts a byte order mark as a column.
    let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    let source = Source(text: text, file: file)
    let start = source.place(line: 1, column: 1)
    guard text.utf8.count <= maximumBytes else { throw start.tooLarge(text.utf8.count) }
    try source.refuseControlCharacters(in: text)
    // Yams expands aliases while it reads, and a few lines of them can stand for more values than fit into memory. So
    // the text is first parsed with each `*` replaced by `&`, which turns aliases into anchors. Places and structure
    // stay the same, and `NodeReader` refuses the anchors as aliases.
    let (asterisk, ampersand) = (UInt8(ascii: "*"), UInt8(ascii: "&"))
    if text.utf8.contains(asterisk) {
      let disarmed = String(decoding: text.utf8.map { $0 == asterisk ? ampersand : $0 }, as: UTF8.self)
      _ = try compose(disarmed, source: source)
    }
    guard let root = try compose(text, source: source) else {
      throw start.error("the document is empty")
    }
    // An error about the document as a whole points to its first character, not to its whole first key.
    return Node(
      content: root.content, place: source.place(line: root.place.line, column: root.place.column))
  }

  private static func compose(_ text: String, source: Source) throws(ConfigurationError) -> Node? {
    do {
      let parser = try Yams.Parser(yaml: text, encoding: .utf8)
      guard let root = try parser.singleRoot() else { return nil }
      // A Yams node refers to its anchor weakly; the parser owns it.
      return try withExtendedLifetime(parser) {
        var reader = NodeReader(source: source)
        return try reader.read(root, depth: 1)
      }
    } catch let error as ConfigurationError {
      throw error
    } catch let error as YamlError {
      throw error.placed(in: source)
    } catch {
      throw source.place(line: 1, column: 1).error("the document cannot be read: \(error)")
    }
  }
}

extension Place {
  fileprivate func tooLarge(_ count: Int) -> ConfigurationError {
    error("the file has \(count) bytes; a job file has at most \(Document.maximumBytes)")
  }
}
