import Commands
import Foundation
import Testing

@Suite struct ConsoleTests {
  private func said(isTerminal: Bool = false, _ body: (Console) throws -> Void) rethrows -> String {
    var said = ""
    try body(Console(isTerminal: isTerminal) { _, text in said += text })
    return said
  }

  @Test func namesSteerNoTerminal() {
    let text = said { console in
      console.print("a\u{1B}[2J\nb")
      console.complain("c\u{9B}2J")
    }
    #expect(text == "a?[2J\nb\nc?2J\n")
  }

  @Test func theLiveLineIsForTerminalsAlone() {
    #expect(said { $0.show(live: "step 1") } == "")
    #expect(said(isTerminal: true) { $0.show(live: "a\u{1B}b") } == "\r\u{1B}[2Ka?b")
  }

  @Test func colourIsForTerminalsWhereNobodyMinds() {
    func hasColour(_ isTerminal: Bool, _ environment: [String: String]) -> Bool {
      Console(isTerminal: isTerminal, environment: environment) { _, _ in }.hasColour
    }
    #expect(hasColour(true, [:]) && hasColour(true, ["NO_COLOR": ""]))
    #expect(!hasColour(true, ["NO_COLOR": "1"]) && !hasColour(false, [:]))
  }

  @Test func jsonHasItsKeysInOrderAndNoControlCharacters() throws {
    struct Value: Encodable {
      let b = "x\u{9B}2J\u{7F}\u{1B}"
      let a = "a/b"
    }
    let text = try said { try $0.print(json: Value(), .line) }
    #expect(text == #"{"a":"a/b","b":"x\u009b2J\u007f\u001b"}"# + "\n")
    let decoded = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String])
    #expect(decoded["b"] == Value().b)
  }

  @Test func aNumberThatJSONCannotSayIsABugOfOurs() throws {
    #expect(throws: CommandFailure.self) { try said { try $0.print(json: [Double.nan]) } }
  }
}
