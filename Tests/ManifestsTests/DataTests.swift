import Configuration
import Datasets
import Foundation
import Manifests
import Testing

/// Looking for the data that a job names.
@Suite struct DataTests {
  private static let job = """
    network: homework
    data:
      images: cells
      labels: labels.csv
    training: {epochs: 1}
    """

  /// A folder with `cells/labels.csv`, given to `body` and removed.
  private func withData(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "kiln-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: "\(folder)/cells", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try "path,label\n".write(toFile: "\(folder)/cells/labels.csv", atomically: true, encoding: .utf8)
    try body(folder)
  }

  private func refusal(_ job: String, base: String, roots: [String] = []) throws -> String? {
    let manifest = try Manifest.parse(job, file: "job.yaml")
    do {
      try manifest.findData(at: DataLocation(base: base, roots: roots))
      return nil
    } catch {
      return "\(error.line):\(error.column): \(error.message)"
    }
  }

  @Test func findsDataInTheBase() throws {
    try withData { (folder) throws in
      #expect(try refusal(Self.job, base: folder) == nil)
    }
  }

  @Test func pointsToAMissingFolderAndAMissingTable() throws {
    try withData { folder in
      let images = try refusal(Self.job, base: "\(folder)/cells")
      #expect(images?.hasPrefix("3:11: cells: no such file or folder (looked at \(folder)/cells/cells)") == true)
      let labels = try refusal(Self.job.replacing("labels.csv", with: "other.csv"), base: folder)
      #expect(labels?.hasPrefix("4:11: other.csv: no such file or folder") == true)
    }
  }

  /// The place of a disk that is not mounted is an empty folder: the job may be right, and waits.
  @Test func aRootThatIsNotMountedSaysNothingOfTheJob() throws {
    try withData { folder in
      let root = "\(folder)/root"
      try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
      #expect(try refusal(Self.job, base: "\(folder)/cells", roots: [root]) == nil)
      try "".write(toFile: "\(root)/another", atomically: true, encoding: .utf8)
      let refusal = try refusal(Self.job, base: "\(folder)/cells", roots: [root])
      #expect(refusal?.hasPrefix("3:11: cells: no such file or folder") == true)
    }
  }

  @Test func imagesMustBeAFolder() throws {
    try withData { folder in
      let refusal = try refusal(Self.job.replacing("images: cells", with: "images: cells/labels.csv"), base: folder)
      #expect(refusal?.hasPrefix("3:11: ") == true && refusal?.hasSuffix("labels.csv is not a folder") == true)
    }
  }

  @Test func pointsToMissingWeights() throws {
    try withData { folder in
      let job = Self.job.replacing("{epochs: 1}", with: "{epochs: 1, initialFrom: start.safetensors}")
      #expect(try refusal(job, base: folder)?.hasPrefix("5:36: start.safetensors: no such file or folder") == true)
      try "".write(toFile: "\(folder)/start.safetensors", atomically: true, encoding: .utf8)
      #expect(try refusal(job, base: folder) == nil)
    }
  }

  @Test func dataMustLieInTheRoots() throws {
    try withData { folder in
      try withData { root in
        #expect(try refusal(Self.job, base: folder, roots: [folder]) == nil)
        #expect(try refusal(Self.job, base: folder, roots: [root])?.contains("outside the data roots") == true)
        #expect(try refusal(Self.job, base: "/nowhere", roots: [root]) == nil)
        try FileManager.default.createSymbolicLink(atPath: "\(root)/link", withDestinationPath: "\(folder)/cells")
        let linked = Self.job.replacing("images: cells", with: "images: link")
        #expect(try refusal(linked, base: root, roots: [root])?.contains("outside the data roots") == true)
      }
    }
  }
}
