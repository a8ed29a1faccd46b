import Foundation
import TemporaryFolder
import Testing

/// `kiln evaluate --images` on folders that are laid out otherwise than those of the run.
@Suite struct EvaluateLayoutTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The images of `cells` by turns in the folders of `parts`; each may have the class in its name as `%`.
  private func copyCells(into parts: [String]) throws {
    for label in ["cracked", "intact"] {
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(Fixtures.cells)/\(label)").sorted()
      for (index, name) in names.enumerated() {
        let place = "set/" + parts[index % parts.count].replacing("%", with: label)
        try folder.makeFolder(place)
        try FileManager.default.copyItem(
          atPath: "\(Fixtures.cells)/\(label)/\(name)", toPath: folder("\(place)/\(name)"))
      }
    }
  }

  private func images(_ arguments: String...) -> Int? {
    let said = kiln(["evaluate", folder("run"), "--images", folder("set"), "--include-trained", "--json"] + arguments)
    return said.object?["images"] as? Int
  }

  @Test(arguments: [["train/%", "val/%"], ["%/train", "%/val"], ["%"]])
  func theFoldersMayBeDividedOrNot(parts: [String]) throws {
    try copyCells(into: parts)
    try folder.write(Fixtures.job(), to: "job.yaml")
    try #require(kiln("train", folder("job.yaml"), "--output", folder("run")).status == 0)
    #expect(images() == 6)
    if parts.count == 2 { #expect(images("--part", "validation") == 2 && images("--part", "training") == 4) }
  }

  /// A run whose own folders were divided is evaluated on folders that are not.
  @Test func aDividedRunSeesUndividedImages() throws {
    try copyCells(into: ["train/%", "val/%"])
    let job = Fixtures.job(images: folder("set"), validation: "0").replacing("validation: 0", with: "split: folders")
    try folder.write(job, to: "job.yaml")
    try #require(kiln("train", folder("job.yaml"), "--output", folder("run")).status == 0)
    let said = kiln(["evaluate", folder("run"), "--images", Fixtures.cells, "--include-trained", "--json"])
    #expect(said.object?["images"] as? Int == 6, "\(said)")
    // Of the copies, two were not trained on.
    let fresh = kiln(["evaluate", folder("run"), "--images", Fixtures.cells, "--json"])
    #expect(fresh.object?["images"] as? Int == 2, "\(fresh)")
  }

  /// Outputs keep their weights, and may come to stand for something else.
  @Test func weightsOfANetworkWithOtherClassesAreSaid() throws {
    try folder.write(Fixtures.job(), to: "job.yaml")
    try #require(kiln("train", folder("job.yaml"), "--output", folder("run")).status == 0)
    try copyCells(into: ["a%"])
    let weights = "initialFrom: \"\(folder("run"))/latest/model.safetensors\", "
    for (images, remark) in [(folder("set"), "'acracked', 'aintact'"), (Fixtures.cells, nil)] {
      let job = Fixtures.job(images: images).replacing("training: {", with: "training: {\(weights)")
      try folder.write(job, to: "tune.yaml")
      let tuned = kiln("train", folder("tune.yaml"), "--output", folder(remark == nil ? "same" : "other"))
      let said = tuned.lines.first { $0.hasPrefix("initialFrom: ") }
      #expect(tuned.status == 0 && (said == nil) == (remark == nil), "\(tuned)")
      if let remark { #expect(said?.hasSuffix("stood for 'cracked', 'intact'; here they stand for \(remark)") == true) }
    }
  }
}
