import Datasets
import Foundation
import Images
import TemporaryFolder
import Testing

/// Names are bytes. "Käfer" may be written with one letter ä (NFC) or with an a and two dots behind it (NFD, as macOS
/// writes it): Swift takes the two for equal, a file system does not.
@Suite struct NormalizationTests {
  static let composed = "K\u{E4}fer"
  static let decomposed = "Ka\u{308}fer"
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(_ labels: String? = nil) throws(DatasetError) -> Dataset {
    try Dataset.load(
      DataDeclaration(images: folder.path, labels: labels, validation: .share(0)), at: DataLocation(base: nil), seed: 1)
  }

  private func message(_ labels: String? = nil) -> String {
    do throws(DatasetError) {
      return "loaded \(try load(labels).training.count)"
    } catch {
      return error.description
    }
  }

  @Test func twoNamesOfOneLookAreTwoNames() {
    #expect(Self.composed == Self.decomposed && Array(Self.composed.utf8) != Array(Self.decomposed.utf8))
    func example(_ name: String) -> Example { Example(folder: "/x", name: name, target: 0) }
    #expect(example(Self.composed) != example(Self.decomposed) && example(Self.composed) == example(Self.composed))
    func set(_ name: String) -> Dataset { Dataset(classes: [name], training: [], validation: [], test: []) }
    #expect(set(Self.composed) != set(Self.decomposed))
  }

  @Test func classFoldersThatLookAlikeAreToldApart() throws {
    try folder.touch("\(Self.composed)/1.png", "\(Self.decomposed)/2.png", "other/3.png")
    let said = message()
    #expect(said.contains("differ in Unicode normalization only"))
    #expect(said.contains(#"K\u{e4}fer"#) && said.contains(#"Ka\u{308}fer"#) && !said.contains("same folder"))
  }

  @Test func labelsThatLookAlikeAreToldApart() throws {
    try folder.write("path,label\n1.png,\(Self.composed)\n2.png,b\n3.png,\(Self.decomposed)\n", to: "labels.csv")
    let said = message("labels.csv")
    #expect(said.contains("differ in Unicode normalization only") && said.contains("labels.csv:"))
  }

  /// Images and folders below a class may well have such names: each is an image.
  @Test func filesThatLookAlikeAreTwoImages() throws {
    let names = [
      "a/\(Self.decomposed).png", "a/\(Self.composed).png", "b/\(Self.decomposed)/1.png", "b/\(Self.composed)/1.png",
    ]
    for name in names { try folder.touch(name) }
    let set = try load()
    #expect(set.training.map { Array($0.name.utf8) } == names.map { Array($0.utf8) })
    try folder.write("path,label\n" + names.enumerated().map { "\($1),\($0 % 2)\n" }.joined(), to: "labels.csv")
    #expect(try load("labels.csv").training.count == 4)
  }

  /// The table has the one form and the disk the other, in a folder's name, a file's, or both.
  @Test(arguments: [0, 1, 2])
  func aMissingImageWhoseLookalikeIsThereIsToldSo(place: Int) throws {
    let written = ["\(Self.composed)/1.png", "a/\(Self.composed).png", "\(Self.composed)/\(Self.composed).png"][place]
    let onDisk = ["\(Self.decomposed)/1.png", "a/\(Self.decomposed).png", "\(Self.decomposed)/\(Self.decomposed).png"][
      place]
    try folder.touch(onDisk, "a/other.png")
    let names = [written, "a/nothing.png"]
    let store = ImageStore(
      names.map { Example(folder: folder.path, name: $0, target: 0) }, budget: MemoryBudget(bytes: 0))
    let reasons = names.indices.map { index in
      do throws(ImageFailure) {
        _ = try store.image(of: index)
        return "whole"
      } catch .skipped(let image) {
        return image.reason
      } catch {
        return "\(error)"
      }
    }
    #expect(reasons[0].hasPrefix("no such file; ") && reasons[0].contains("Unicode normalization only"))
    #expect(reasons[0].contains(#"Ka\u{308}fer"#) && reasons[0].contains(#"K\u{e4}fer"#))
    #expect(reasons[1] == "no such file")
  }

  /// As a `Character`, a slash with a combining mark behind it is no slash; as a byte it is.
  @Test func aSlashIsAByte() throws {
    try folder.write("path,label\na/\u{301}b/../../1.png,0\n", to: "labels.csv")
    #expect(message("labels.csv").contains("leaves the images folder"))
    try folder.write("path,label\n/\u{301}1.png,0\n", to: "labels.csv")
    #expect(message("labels.csv").contains("an absolute path"))
  }
}
