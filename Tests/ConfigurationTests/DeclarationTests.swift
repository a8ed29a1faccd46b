import Configuration
import Testing

@Suite struct DeclarationTests {
  private let keys = declarations(of: Oven.self)

  @Test func listsEveryKeyInItsOrder() {
    #expect(keys.map(\.key) == ["firings", "heat", "lit", "owner", "fuel", "shelf", "rest", "flue", "glaze"])
    #expect(keys.filter(\.isRequired).map(\.key) == ["firings"])
  }

  @Test func tellsRangeDefaultAndMeaning() {
    #expect(keys[1].kind == .number(0...1))
    #expect(keys[1].defaultValue == "0.5")
    #expect(keys[1].doc == "share of the full fire")
    #expect(keys[4].kind == .choice(["wood", "gas"]))
    #expect(keys[5].defaultValue == "3")
    #expect(keys[6].defaultValue == "1 epoch")
  }

  @Test func descendsIntoSectionsAndCatalogues() throws {
    guard case .section(let flue) = keys[7].kind, case .oneOf("glaze", let glazes) = keys[8].kind else {
      Issue.record("\(keys)")
      return
    }
    #expect(flue.map(\.key) == ["height"])
    #expect(glazes.map(\.keyword) == ["clear", "celadon"])
    #expect(glazes.map(\.standsAlone) == [true, false])
    #expect(glazes[1].keys.map(\.kind) == [.number(0...0.1)])
  }

  @Test func aSectionWithARequiredKeyIsRequired() {
    struct Outer: Configurable {
      static let keyword = "outer"
      static let summary = ""
      init(reading fields: inout Fields) throws(ConfigurationError) {
        _ = try fields.section("oven", Oven.self, "the oven")
      }
    }
    #expect(declarations(of: Outer.self).map(\.isRequired) == [true])
    #expect(throws: ConfigurationError.self) {
      try Document.parse("{}", file: "x").read(Outer.self)
    }
  }
}
