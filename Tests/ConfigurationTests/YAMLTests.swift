import Configuration
import Testing

@Suite struct YAMLTests {
  @Test func sectionsStandOnLinesOfTheirOwn() throws {
    let job: JSON = [
      "name": "solar cells", "network": .array([["conv2d": ["channels": 4, "kernel": .array([3, 5])]], "relu"]),
      "training": [
        "epochs": 10, "optimizer": ["sgd": ["learningRate": .literal("1e-4")]],
        "schedule": ["step": ["every": "5 epochs"]],
      ],
    ]
    #expect(
      job.yaml() == """
        name: solar cells
        network:
          - conv2d: {channels: 4, kernel: [3, 5]}
          - relu
        training:
          epochs: 10
          optimizer: {sgd: {learningRate: 1e-4}}
          schedule: {step: {every: 5 epochs}}
        """)
  }

  @Test func aLongMappingIsBroken() throws {
    let members = (0..<12).map { (key: "key\($0)", value: JSON.string("a value of some length")) }
    let text = JSON.object([(key: "a", value: .object([(key: "b", value: .object(members))]))]).yaml(width: 60)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 60 })
    #expect(try Document.parse(text, file: "x").leaves.count == 12)
  }

  /// Whatever a text is, it is read back as that text.
  @Test(arguments: [
    "a", "true", "No", "null", "~", "", " a", "a ", "5 epochs", "12", "1e5", "nan", "0x10", "a: b", "a #b", "- a",
    "[a]", "é", "a\nb",
    "\"", "a\\b", "'", "2024-01-01", "1_000", "-", ".5", "..", "a\u{7}b", "*a", "&a", "!a", "%", "@", "`", "a,b", "{",
  ]) func textsSurvive(text: String) throws {
    let value: JSON = ["a": ["b": .string(text), "c": .array([.string(text)])]]
    guard let node = try? Document.parse(value.yaml(), file: "x") else {
      // A bell cannot stand in a document, even escaped by no one.
      Issue.record("\(text) cannot be read back: \(value.yaml())")
      return
    }
    guard case .object(let members) = node.json, case .object(let inner)? = members.first?.value else {
      Issue.record("no mapping")
      return
    }
    // A plain scalar is a literal of the same letters.
    func plain(_ value: JSON?) -> String? {
      switch value {
      case .literal(let text), .string(let text): text
      default: nil
      }
    }
    #expect(plain(inner.first?.value) == text)
    guard case .array(let list)? = inner.last?.value else { return }
    #expect(plain(list.first) == text)
    // A text that could be taken for something else is quoted.
    if ["true", "No", "null", "~", "", "12", "1e5", "nan", "0x10"].contains(text) {
      #expect(inner.first?.value == .string(text))
    }
  }
}
