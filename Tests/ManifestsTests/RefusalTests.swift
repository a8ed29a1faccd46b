import Configuration
import Foundation
import Manifests
import Testing

/// Every file under `Tests/Fixtures/manifests/bad` is refused with exactly the report beside it.
@Suite struct RefusalTests {
  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(fixtures)/bad")) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.sorted()
  }()

  @Test func findsTheFixtures() {
    #expect(Self.names.count > 40)
  }

  @Test(arguments: names)
  func refuses(_ name: String) throws {
    let expected = try String(contentsOfFile: "\(fixtures)/bad/\(name.dropLast(5)).txt", encoding: .utf8)
    let bytes = try Array(Data(contentsOf: URL(filePath: "\(fixtures)/bad/\(name)")))
    do {
      _ = try Manifest.parse(bytes, file: name).plan()
      Issue.record("\(name) is accepted")
    } catch {
      #expect("\(error)\n" == expected)
    }
  }
}
