import Configuration
import Foundation
import Manifests
import RunFiles
import Testing

struct DaemonDeclarationTests {
  private func read(_ text: String) throws -> DaemonDeclaration {
    try Document.parse(text, file: "kilnd.yaml").read(DaemonDeclaration.self)
  }

  @Test func saysWhatTheFileSaysAndNothingElse() throws {
    let settings = try read(
      """
      home: /var/lib/kiln
      dataRoots: [/srv/a, "/srv/b c"]
      jobs: 2
      stall: 0.5
      retries: {limit: 3}
      limits: {manifestKilobytes: 64}
      """)
    let line =
      #"{"dataRoots":["/srv/a","/srv/b c"],"home":"/var/lib/kiln","jobs":2,"limit":3,"manifestKilobytes":64,"stall":0.5}"#
    #expect(WireJSON.line(settings.settings) == .some(line))
    #expect(WireJSON.read(Array(line.utf8)) == settings.settings)
    #expect(try read("{}").settings == DaemonSettings())
  }

  /// The file that is installed.
  @Test func theServicesOwnFileIsRight() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").standardized
    let text = try String(contentsOf: root.appendingPathComponent("systemd/kilnd.yaml"), encoding: .utf8)
    #expect(try read(text).home == "/var/lib/kiln")
  }

  @Test(arguments: [
    ("job: 1", "kilnd.yaml:1:1: error: unknown key `job` in kilnd", "did you mean `jobs`?"),
    ("jobs: 0", "kilnd.yaml:1:7: error: `jobs` must be a whole number from 1 to 1024", ""),
    ("home: var", "`home` must be a path from the root", "begin it with `/`"),
    ("dataRoots: /srv", "`dataRoots` must be a list", "[/srv]"),
    ("dataRoots: [a]", "`dataRoots` must be a path from the root", "begin it with `/`"),
    ("limits: {manifestKilobytes: 2048}", "from 1 to 1024", ""),
    ("retries: {limit: 0}", "`limit` must be", ""),
    ("- a", "kilnd must be a mapping", ""),
  ])
  func whatIsWrongIsToldWithPlaceAndCure(text: String, message: String, hint: String) {
    let error = #expect(throws: ConfigurationError.self) { try read(text) }
    let report = error.map { "\($0)" } ?? ""
    #expect(report.contains(message) && (hint.isEmpty || report.contains(hint)), "\(report)")
  }
}
