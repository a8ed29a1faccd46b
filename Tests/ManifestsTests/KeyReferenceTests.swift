import Configuration
import Manifests
import Testing

/// What `kiln explain KEY` says: every example can be read.
@Suite struct KeyReferenceTests {
  static let reference = KeyReference()

  /// The example of a key, made a whole job by what else a job must have.
  private func job(_ entry: KeyReference.Entry) -> String {
    let example = Self.reference.example(of: entry)
    let rest = ["network: homework", "data: {images: x}", "training: {epochs: 1}"].filter { line in
      !example.contains { $0.hasPrefix(line.prefix { $0 != " " }) }
    }
    return (example + rest).joined(separator: "\n") + "\n"
  }

  @Test func everyExampleCanBeRead() throws {
    #expect(Self.reference.entries.count > 120)
    for entry in Self.reference.entries {
      // Three numbers, one for each channel: no range says so.
      if entry.path.hasPrefix("data.normalize.") { continue }
      do { _ = try Manifest.parse(job(entry), file: "example") } catch {
        Issue.record("\(entry.path): \(error)\n\(job(entry))")
      }
    }
  }

  @Test func findsByPathAndByName() throws {
    #expect(try Self.reference.find("training.optimizer.adam.beta1").map(\.path) == ["training.optimizer.adam.beta1"])
    #expect(try Self.reference.find("batchSize").map(\.path) == ["training.batchSize"])
    #expect(try Self.reference.find("beta1").map(\.path).count == 2)
    let kernel = try #require(try Self.reference.find("network.conv2d.kernel").first)
    #expect(kernel.isRequired && Self.reference.example(of: kernel)[1].contains("channels"))
  }

  @Test func aMisspeltKeyIsSuggested() {
    #expect { try Self.reference.find("batch_sise") } throws: { "\($0)".contains("did you mean `batchSize`?") }
    #expect { try Self.reference.find("qqqqqq") } throws: { "\($0)".contains("kiln explain") }
  }
}
