/// Kinds of text, which have no fixed first bytes.
extension ContentKind {
  /// - Returns: nil for what is no text.
  init?(ofText start: [UInt8]) {
    let hasMark = [[0xFF, 0xFE], [0xFE, 0xFF]].contains { start.starts(with: $0) }
    if hasMark {
      self = Self.text
      return
    }
    guard !start.isEmpty, Self.isText(start) else { return nil }
    let words = String(decoding: start, as: UTF8.self).lowercased()
    let first = words.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    let found = Self.beginnings.first { first.hasPrefix($0.beginning) && $0.word.map(words.contains) ?? true }
    self = found?.kind ?? (words.contains("annex/objects/") ? Self.annexLink : Self.text)
  }

  /// UTF-8, the last character of which may be cut, without characters that steer old terminals.
  private static func isText(_ start: [UInt8]) -> Bool {
    let isPlain = start.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x08...0x0D).contains($0) || $0 == 0x1B }
    guard isPlain else { return false }
    return (0...3).contains { String(validating: start.dropLast($0), as: UTF8.self) != nil }
  }

  /// In small letters; the first that fits counts.
  private static let beginnings: [(beginning: String, word: String?, kind: ContentKind)] = [
    ("<!doctype svg", nil, svg),
    ("<svg", nil, svg),
    ("<?xml", "<svg", svg),
    ("<!doctype html", nil, html),
    ("<?xml", "<html", html),
    ("<html", nil, html),
    ("<head", nil, html),
    ("<body", nil, html),
    ("<script", nil, html),
    ("<!--", "<html", html),
    ("<?xml", nil, xml),
    ("<error>", nil, xml),
    ("<", nil, xml),
    ("{", nil, json),
    ("[", nil, json),
    ("p1\n", nil, image("Netpbm")),
    ("p2\n", nil, image("Netpbm")),
    ("p3\n", nil, image("Netpbm")),
  ]

  private static let text = ContentKind("plain text", "text files", "copy the image again")
  private static let svg = ContentKind("an SVG drawing", "SVG drawings", "save it as PNG")
  private static let html = ContentKind(
    "an HTML page, such as a server sends in place of a file", "HTML pages", "download it again")
  private static let xml = ContentKind(
    "XML, such as a server sends in place of a file", "XML files", "download it again")
  private static let json = ContentKind(
    "JSON, such as a server sends in place of a file", "JSON files", "download it again")
  private static let annexLink = ContentKind(
    "a git-annex link that was saved as text", "git-annex links saved as text", "run git annex fix")
}
