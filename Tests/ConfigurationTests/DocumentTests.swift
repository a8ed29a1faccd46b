import Configuration
import Testing

@Suite struct DocumentTests {
  private func refusal(_ text: String) -> String? {
    do {
      _ = try Document.parse(text, file: "d")
      return nil
    } catch {
      return "\(error.line):\(error.column): \(error.message)"
    }
  }

  @Test(arguments: [
    ("", "1:1: the document is empty"),
    ("# only a comment\n", "1:1: the document is empty"),
    ("a: &x 1", "1:4: anchors are not allowed"),
    ("a: &x {b: 1}", "1:4: anchors are not allowed"),
    ("a: &x\n  b: 1", "1:4: anchors are not allowed"),
    ("a: 1\nb: *x", "2:4: aliases are not allowed"),
    ("a: !!int 1", "1:4: tags are not allowed"),
    ("a: !mine {b: 1}", "1:4: tags are not allowed"),
    ("a:\n  <<: {b: 1}", "2:3: merge keys are not allowed"),
    ("a: 1\nb: 2\na: 3", "1:1: the key `a` is given more than once"),
    ("a: {b: 1, 'b': 2}", "1:5: the key `b` is given more than once"),
    ("a: 1\n---\nb: 2", "2:1: a file holds one document; here a second one begins"),
    ("? [a, b]\n: 1", "1:3: a key must be a word, not a list"),
    (
      "a:\n\tb: 1",
      "2:1: this is not YAML: found character that cannot start any token"
    ),
    (
      "a: [1, 2",
      "1:9: this is not YAML: did not find expected ',' or ']' (while parsing a flow sequence that begins on line 1)"
    ),
    (
      "a: \"b",
      "1:6: this is not YAML: found unexpected end of stream (while scanning a quoted scalar that begins on line 1)"
    ),
    ("a: b: c", "1:5: this is not YAML: mapping values are not allowed in this context"),
    ("a: 1\r\nb: \u{1}", "2:4: the control character U+0001 cannot stand in a document"),
    ("a: 1\n b: 2", "2:3: this is not YAML: mapping values are not allowed in this context"),
  ])
  func refuses(_ text: String, _ expected: String) {
    #expect(refusal(text) == expected)
  }

  @Test func asterisksAndAmpersandsInTextAreFine() throws {
    let node = try Document.parse("a: 'x * y & *z'  # *not* an &alias\nb: 2*3", file: "d")
    #expect(node.keys == ["a", "b"])
  }

  @Test func skipsAByteOrderMark() throws {
    #expect(refusal("\u{FEFF}a: {}\nb: &x 1") == "2:4: anchors are not allowed")
    #expect(refusal("\u{FEFF}a: &x 1") == "1:4: anchors are not allowed")
  }

  @Test func refusesTextThatIsNotUTF8() {
    let bytes = Array("a: 1\nb: ".utf8) + [0xC3, 0x28]
    #expect {
      try Document.parse(bytes, file: "d")
    } throws: { error in
      let error = error as? ConfigurationError
      return error?.line == 2 && error?.message == "the file is not UTF-8 text"
    }
  }

  @Test func refusesMoreThanAMebibyte() throws {
    let long = "a: " + String(repeating: "x", count: Document.maximumBytes - 3)
    #expect(refusal(long) == nil)
    #expect(refusal(long + "x") == "1:1: the file has 1048577 bytes; a job file has at most 1048576")
  }

  @Test(arguments: ["[", "{a: ", "- ", "? ", "- [", "[{a: "])
  func refusesDeepNesting(_ opening: String) throws {
    for count in [33, 1_001, 100_000] {
      #expect(refusal(String(repeating: opening, count: count)) != nil)
    }
    let deep = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
    #expect(refusal(deep) == "1:33: lists and mappings lie deeper than 32 in each other")
    #expect(refusal(String(deep.dropFirst().dropLast())) == nil)
  }

  /// Expanded, these lines are 10^100 values, as values and as keys.
  @Test(arguments: ["bomb: ", "? "])
  func aBombOfAliasesIsNotExpanded(_ opening: String) {
    var text = "a0: &a0 [x]\n"
    for level in 1...100 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(refusal(text + opening + "*a100\n") == "1:5: anchors are not allowed")
  }

  @Test func refusesMoreValuesThanAnyJobNeeds() {
    let list = "[" + String(repeating: "1,", count: 500_000) + "]"
    #expect(refusal(list) == "1:40000: the document has more than 20000 values")
  }

  @Test func aLongLineIsShownAroundThePlace() throws {
    let blanks = String(repeating: " ", count: 5_000)
    #expect {
      try Document.parse("a: [1,\(blanks)&x 2,\(blanks)3]", file: "d")
    } throws: { error in
      let lines = "\(error)".split(separator: "\n")
      return lines[1].count < 140 && lines[1].contains("&x 2")
        && lines[1].distance(from: lines[1].startIndex, to: lines[1].firstIndex(of: "&") ?? lines[1].endIndex)
          == lines[2].distance(from: lines[2].startIndex, to: lines[2].firstIndex(of: "^") ?? lines[2].endIndex)
    }
  }
}
