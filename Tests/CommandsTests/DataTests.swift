import DurableFiles
import Foundation
import TemporaryFolder
import Testing

/// `kiln data`, and what `kiln train` says and keeps of its data.
@Suite struct DataTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func place(_ name: String, _ bytes: [UInt8]) throws {
    try folder.makeFolder(ByteText(name).parent)
    try Data(bytes).write(to: URL(fileURLWithPath: folder(name)))
  }

  /// Copies of the five images of `cells`, in the folders and under the names given.
  private func fill(_ names: [String: String]) throws {
    for (name, source) in names {
      try place(name, try readFile("\(Fixtures.cells)/\(source)", limit: 1 << 20))
    }
  }

  private var sources: [String] {
    get throws {
      try ["cracked", "intact"].flatMap { label in
        try FileManager.default.contentsOfDirectory(atPath: "\(Fixtures.cells)/\(label)").sorted().map {
          "\(label)/\($0)"
        }
      }
    }
  }

  @Test func theAccountOfARunIsThatOfItsJobAndRepeatsIt() throws {
    try folder.write(Fixtures.job(validation: "0.4"), to: "job.yaml")
    let shown = kiln("data", folder("job.yaml"), "--output", folder("job.tsv"))
    #expect(shown.status == 0 && shown.output.contains("labels: \(folder("job.tsv"))"), "\(shown)")
    #expect(kiln("train", folder("job.yaml"), "--output", folder("run")).status == 0)
    let table = try #require(folder.text("run/data.tsv"))
    #expect(table == folder.text("job.tsv"))
    #expect(table.hasPrefix("path\tclass\tsplit\tweight\tread\tpixels\n") && table.contains("\tPNG "))
    // The same division by another seed, from the table alone.
    let pinned = Fixtures.job(validation: "0.4").replacing(
      "validation: 0.4", with: "labels: \"\(folder("job.tsv"))\"")
    try folder.write(pinned, to: "pinned.yaml")
    #expect(kiln("train", folder("pinned.yaml"), "--output", folder("again")).status == 0)
    let model = "latest/model.safetensors"
    #expect(
      try readFile(folder("run/\(model)"), limit: 1 << 20).suffix(4000)
        == readFile(folder("again/\(model)"), limit: 1 << 20).suffix(4000))
    #expect(folder.text("again/data.tsv")?.split(separator: "\n").count == table.split(separator: "\n").count)
  }

  @Test func saysWhatIsRemarkable() throws {
    let images = try sources
    try fill([
      "set/train/a/1.png": images[0], "set/train/b/2.png": images[1], "set/train/b/again.png": images[0],
      "set/val/a/copy.png": images[0], "set/val/b/3.png": images[2],
    ])
    for name in ["set/train/a/dark.png", "set/val/a/black.png"] { try place(name, blackPNG(width: 9, height: 7)) }
    try place("set/train/a/torn.png", blackPNG(width: 9, height: 7).dropLast(20))
    try place("set/train/b/@eaDir/x.jpg", [])
    let job = Fixtures.job(images: folder("set"), validation: "0.4").replacing(
      "validation: 0.4", with: "split: folders, maximumSkipped: 0.5")
    try folder.write(job, to: "job.yaml")
    let report = kiln("data", folder("job.yaml"), "--json")
    let remarks = try #require(report.object?["remarks"] as? [[String: Any]])
    let found = Dictionary(
      uniqueKeysWithValues: remarks.map { ($0["text"] as? String ?? "", $0["paths"] as? [String] ?? []) })
    #expect(
      found == [
        "1 of 8 images cannot be used": ["train/a/torn.png"],
        "3 of 8 images have the same pixels as others of another class": [
          "train/a/1.png", "train/b/again.png", "val/a/copy.png",
        ],
        "1 of 8 images to validate or test have the same pixels as others to train on": ["val/a/copy.png"],
        "2 of 8 images have one colour throughout": ["train/a/dark.png", "val/a/black.png"],
        "passed over: 1 kept by a system or tool (@eaDir)": ["train/b/@eaDir"],
      ])
    let trained = kiln("train", folder("job.yaml"), "--output", folder("run"))
    #expect(trained.status == 0, "\(trained)")
    #expect(trained.output.contains("5 images to train on, 3 to validate: a (3 + 2), b (2 + 1)"), "\(trained)")
    for text in found.keys { #expect(trained.output.contains(text)) }
    let table = try #require(folder.text("run/data.tsv"))
    #expect(table.contains("val/a/copy.png\ta\tvalidation\t1\tPNG "))
    #expect(table.contains("same pixels as train/a/1.png, which is trained on\t"))
  }

  @Test func whatWouldStopTrainingIsABadEnd() throws {
    for name in ["set/a/1.png", "set/b/1.png", "set/b/2.png"] { try place(name, blackPNG(width: 9, height: 7)) }
    try place("set/a/1.png", [1])
    try folder.write(
      Fixtures.job(images: folder("set")).replacing("cache:", with: "maximumSkipped: 1, cache:"), to: "job.yaml")
    let shown = kiln("data", folder("job.yaml"))
    #expect(
      shown.status == 65 && shown.errors.contains("training would stop: none of the training images of class 'a'"))
    #expect(shown.output.contains("1 of 3 images cannot be used"))
    #expect(kiln("data", folder("job.yaml"), "--quick").status == 0, "it looks into no image")
    #expect(kiln("data", folder("nowhere.yaml")).status == 66)
  }

  /// Case 01 of the public reports: parts that are taken for classes.
  @Test func partsAreOfferedAsParts() throws {
    for part in ["train", "val", "test"] {
      for label in ["ok", "bad"] { try place("pcb/\(part)/\(label)/1.png", blackPNG(width: 9, height: 7)) }
    }
    try folder.write(Fixtures.job(images: folder("pcb")), to: "job.yaml")
    let refused = kiln("train", folder("job.yaml"), "--output", folder("run"))
    #expect(refused.status == 65 && refused.errors.contains("write `split: folders` under data"), "\(refused)")
    try folder.write(
      Fixtures.job(images: folder("pcb"), validation: "0.4").replacing("validation: 0.4", with: "split: folders"),
      to: "job.yaml")
    let trained = kiln("train", folder("job.yaml"), "--output", folder("run"))
    #expect(
      trained.status == 0 && trained.output.contains("2 images to train on, 2 to validate, 2 to test"), "\(trained)")
  }
}
