import Configuration
import Testing

@Suite struct FieldsTests {
  @Test func readsEveryKindOfValue() throws {
    let oven = try oven(
      """
      firings: 12
      heat: 1e-4
      lit: true
      owner: 42
      fuel: gas
      shelf: [3, 5]
      rest: 200 steps
      flue: {height: .5}
      glaze: {celadon: {iron: 0.02}}
      """)
    #expect(oven.firings == 12)
    #expect(oven.heat == 1e-4)
    #expect(oven.lit)
    #expect(oven.owner == "42")
    #expect(oven.fuel == .gas)
    #expect(oven.shelf == Pair(height: 3, width: 5))
    #expect(oven.rest == .steps(200))
    #expect(oven.flueHeight == 0.5)
    #expect(oven.glaze == .celadon(iron: 0.02))
  }

  @Test func takesDefaults() throws {
    let oven = try oven("firings: 1")
    #expect(oven.heat == 0.5)
    #expect(!oven.lit)
    #expect(oven.owner == nil)
    #expect(oven.fuel == .wood)
    #expect(oven.shelf == Pair(3))
    #expect(oven.rest == .epochs(1))
    #expect(oven.flueHeight == 2)
    #expect(oven.glaze == .clear)
  }

  @Test func readsJSON() throws {
    let json = try oven(#"{"firings": 12, "fuel": "gas", "glaze": {"celadon": {"iron": 0.02}}, "shelf": [3, 5]}"#)
    #expect(json == (try oven("{firings: 12, fuel: gas, glaze: {celadon: {iron: 0.02}}, shelf: [3, 5]}")))
    let indented = "{\n\t\"firings\": 12,\n\t\"lit\": true\n}"
    #expect(try oven(indented).lit)
  }

  @Test func reportsAMisspeltKey() {
    #expect(
      report("lit: true\nflue:\n  heigth: 3\nfirings: 1\n") == """
        oven.yaml:3:3: error: unknown key `heigth` in flue
        3 |   heigth: 3
          |   ^~~~~~
          expected one of: height
          hint: did you mean `height`?
        """)
  }

  @Test func aMisspeltKeyIsToldBeforeTheMissingOne() {
    #expect(
      report("firing: 3") == """
        oven.yaml:1:1: error: unknown key `firing` in oven
        1 | firing: 3
          | ^~~~~~
          expected one of: firings, heat, lit, owner, fuel, shelf, rest, flue, glaze
          hint: did you mean `firings`?
        """)
  }

  @Test func aMissingKeyNamesItsSectionAndAnExample() {
    #expect(
      report("glaze: {celadon: {}}\nfirings: 1") == """
        oven.yaml:1:9: error: missing key `iron` in celadon
        1 | glaze: {celadon: {}}
          |         ^~~~~~~
          expected iron: 0.1  # share of iron
        """)
  }

  @Test(arguments: [
    ("firings: 1e3", "1:10: error: `firings` must be a whole number from 1 to 1000, but is `1e3`"),
    ("firings: 10.0", "1:10: error: `firings` must be a whole number from 1 to 1000, but is `10.0`"),
    ("firings: '10'", "1:10: error: `firings` must be a whole number from 1 to 1000, but is the quoted text \"10\""),
    ("firings: 0", "1:10: error: `firings` must be a whole number from 1 to 1000, but is `0`"),
    (
      "firings: 99999999999999999999",
      "1:10: error: `firings` must be a whole number from 1 to 1000, but is `99999999999999999999`"
    ),
    ("firings:", "1:1: error: `firings` must be a whole number from 1 to 1000, but is empty"),
    ("firings: ~", "1:1: error: `firings` must be a whole number from 1 to 1000, but is empty"),
    ("firings: [1]", "1:10: error: `firings` must be a whole number from 1 to 1000, but is a list"),
    ("firings: 012", "1:10: error: `firings` must be a whole number from 1 to 1000, but is `012`"),
    ("firings: ١٢", "1:10: error: `firings` must be a whole number from 1 to 1000, but is `١٢`"),
    ("heat: .nan", "1:7: error: `heat` must be a number from 0 to 1, but is `.nan`"),
    ("heat: NaN", "1:7: error: `heat` must be a number from 0 to 1, but is `NaN`"),
    ("heat: .inf", "1:7: error: `heat` must be a number from 0 to 1, but is `.inf`"),
    ("heat: 1e999", "1:7: error: `heat` must be a number from 0 to 1, but is `1e999`"),
    ("heat: 0,5", "1:7: error: `heat` must be a number from 0 to 1, but is `0,5`"),
    ("heat: 0x1p-2", "1:7: error: `heat` must be a number from 0 to 1, but is `0x1p-2`"),
    ("lit: yes", "1:6: error: `lit` must be true or false, but is `yes`"),
    ("lit: \"true\"", "1:6: error: `lit` must be true or false, but is the quoted text \"true\""),
    ("fuel: coal", "1:7: error: `fuel` must be one of wood, gas, but is `coal`"),
    ("owner: \"a\\0b\"", "1:8: error: `owner` must be one line of text without control characters"),
    ("owner: ''", "1:8: error: `owner` must be a text, but is the quoted text \"\""),
    ("shelf: [1, 2, 3]", "1:8: error: `shelf` must be a whole number from 1 to 64, or [height, width], but is a list"),
    ("shelf: [1, 99]", "1:12: error: `shelf width` must be a whole number from 1 to 64, but is `99`"),
    ("rest: 5", "1:7: error: `rest` must be a duration as `5 epochs` or `200 steps`, but is `5`"),
    ("rest: 0 epochs", "1:7: error: `rest` must be a duration as `5 epochs` or `200 steps`, but is `0 epochs`"),
    ("flue: 3", "1:7: error: flue must be a mapping, but is `3`"),
    ("glaze: celadn", "1:8: error: unknown glaze `celadn`"),
    ("glaze: celadon", "1:8: error: missing key `iron` in celadon"),
    (
      "glaze: {clear: {}, celadon: {}}",
      "1:20: error: only one glaze can stand here, but `celadon` stands beside `clear`"
    ),
    ("glaze: [clear]", "1:8: error: expected one glaze, found a list"),
    ("glaze: {celadon: 3}", "1:18: error: celadon must be a mapping, but is `3`"),
    ("- firings", "1:1: error: oven must be a mapping, but is a list"),
  ])
  func refusesAWrongValue(_ text: String, _ expected: String) {
    let whole = text.hasPrefix("firings") || text.hasPrefix("-") ? text : text + "\nfirings: 1"
    #expect(headline(whole) == expected)
  }

  @Test(arguments: [
    ("firings: 1e3", "write 1000"), ("firings: 10.0", "write 10"), ("firings: '10'", "remove the quotes: 10"),
    ("firings: 1_000", "write the number without separators"), ("firings: 0x10", "write the number in decimal"),
    ("firings: 1\nlit: on", "write true"), ("firings: 1\nlit: No", "write false"),
    ("firings: 1\nfuel: wod", "did you mean `wood`?"), ("firings: 1\nglaze: celadn", "did you mean `celadon`?"),
    ("firings: 1\nrest: 5", "say of what: `5 epochs` or `5 steps`"),
  ])
  func hintsAtTheCure(_ text: String, _ hint: String) {
    #expect(report(text)?.hasSuffix("\n  hint: \(hint)") == true, "\(report(text) ?? "accepted")")
  }

  @Test(arguments: ["1 epoch", "5 epochs", "1 step", "200 steps"])
  func aSpanIsWrittenAsItIsRead(_ text: String) throws {
    #expect(try oven("{firings: 1, rest: \(text)}").rest.description == text)
  }
}
