import Configuration
import Foundation
import Testing

@Suite struct SchemaTests {
  @Test func saysWhatTheDeclarationsSay() throws {
    let text = schema(of: Oven.self, title: "An oven").indented()
    let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
    #expect(root["$schema"] as? String == "http://json-schema.org/draft-07/schema#")
    #expect(root["required"] as? [String] == ["firings"])
    #expect(root["additionalProperties"] as? Bool == false)
    let keys = try #require(root["properties"] as? [String: NSDictionary])
    #expect(keys["firings"] == ["type": "integer", "minimum": 1, "maximum": 1000, "description": "how often"])
    #expect(
      keys["heat"]
        == ["type": "number", "minimum": 0, "maximum": 1, "default": 0.5, "description": "share of the full fire"])
    #expect(keys["fuel"] == ["enum": ["wood", "gas"], "default": "wood", "description": "what burns"])
    #expect((keys["glaze"]?["anyOf"] as? [NSDictionary])?.count == 3)
  }

  @Test func writesJSONThatOthersRead() throws {
    let text = "a \"quoted\" \\ line\n\twith \u{1} and ü 😀"
    let value: JSON = ["text": .string(text), "list": [1, true, []], "empty": [:]]
    for written in [value.line, value.indented()] {
      let read = try JSONSerialization.jsonObject(with: Data(written.utf8)) as? NSDictionary
      #expect(read == ["text": text, "list": [1, true, [] as [Int]] as [Any], "empty": [:] as [String: Int]])
    }
  }
}
