import DurableFiles
import Foundation
import TemporaryFolder
import Testing

/// `kiln validate` of one file and of several.
@Suite struct ValidateTests {
  private let folder: TemporaryFolder
  private let good: String
  private let bad: String

  init() throws {
    folder = try TemporaryFolder()
    (good, bad) = (folder("good.yaml"), folder("bad.yaml"))
    try folder.write(Fixtures.job(), to: "good.yaml")
    try folder.write("name: bad\nnetwork: homwork\n", to: "bad.yaml")
  }

  /// `kiln validate bad good && …` must not go on.
  @Test func theStatusIsThatOfTheWorstFileAndNotOfTheLast() {
    let missing = folder("missing.yaml")
    #expect(kiln("validate", good, good).status == 0)
    #expect(kiln("validate", bad, good).status == 65)
    #expect(kiln("validate", good, bad).status == 65)
    #expect(kiln("validate", missing, good).status == 66)
    #expect(kiln("validate", good, missing).status == 66)
    #expect(kiln("validate", missing, bad, good).status == 65)
    #expect(kiln("validate", bad, missing).status == 65)
    #expect(kiln("validate", folder.path).status == 65)
  }

  @Test func everyFileIsTold() {
    let said = kiln("validate", bad, good, folder("missing.yaml"))
    #expect(said.output.contains("bad.yaml:2:10: error: ") && said.output.contains("did you mean `homework`?"))
    #expect(said.output.contains("\(good): valid: tiny, "))
    #expect(said.output.contains("missing.yaml: cannot open: No such file"))
    #expect(said.errors.isEmpty)
  }

  /// The daemon reads these lines.
  @Test func eachFileIsALineOfJSON() throws {
    let said = kiln("validate", "--json", bad, good, folder("missing.yaml"))
    let verdicts = said.lines.compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
    #expect(verdicts.count == 3 && said.lines.count == 3)
    #expect(verdicts.map { $0["valid"] as? Bool } == [false, true, false])
    #expect(verdicts.map { $0["path"] as? String } == [bad, good, folder("missing.yaml")])
    #expect(verdicts[0]["line"] as? Int == 2 && verdicts[0]["column"] as? Int == 10)
    #expect((verdicts[0]["report"] as? String)?.contains("^~~~") == true)
    #expect(verdicts[1]["name"] as? String == "tiny" && verdicts[1]["priority"] as? Int == 50)
    for (path, verdict) in zip([bad, good], verdicts) {
      #expect(verdict["checksum"] as? String == Digest(of: try readFile(path, limit: 1 << 20)).hexadecimal)
    }
    #expect(verdicts[2]["checksum"] == nil)
  }
}
