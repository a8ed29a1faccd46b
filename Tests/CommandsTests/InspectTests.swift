import Checkpoints
import DurableFiles
import Foundation
import RunFiles
import TemporaryFolder
import Testing

/// `kiln inspect` of runs and of files from elsewhere.
@Suite struct InspectTests {
  let folder: TemporaryFolder
  private static let fixtures = "\(Fixtures.package)/Tests/Fixtures"
  private static let run = "\(fixtures)/runs/plain"

  init() throws { folder = try TemporaryFolder() }

  private func file(_ name: String) -> String { "\(Self.fixtures)/checkpoints/\(name)" }

  private func bytes(_ name: String) throws -> [UInt8] { try readFile(folder(name), limit: 1 << 20) }

  @Test func everyTypeIsListedAndNoHealthyFileIsDamaged() throws {
    let said = kiln("inspect", file("types.safetensors"), "--json")
    #expect(said.status == 0, "\(said)")
    let tensors = try #require(said.object?["tensors"] as? [[String: Any]])
    #expect(Set(tensors.compactMap { $0["type"] as? String }) == Set(ElementType.allCases.map(\.rawValue)))
    #expect(tensors.count { $0["minimum"] is NSNull } == 9)
    let text = kiln("inspect", file("types.safetensors"))
    #expect(text.status == 0 && text.output.contains("F8_E4M3FNUZ") && text.output.contains("are listed and not read"))
    #expect(text.output.contains("-9.22e+18") && text.output.contains("-32768"))
  }

  @Test func theTableFitsEightyColumnsAndUsesTwoHundred() {
    for name in ["statistics", "types", "half"] {
      for width in [80, 200] {
        let said = kiln(["inspect", file("\(name).safetensors")], environment: ["COLUMNS": "\(width)"])
        let table = said.output.split(separator: "\n").drop { !$0.hasPrefix("tensor ") }
        #expect(said.status == 0 && table.count > 3)
        #expect(table.allSatisfy { $0.count <= width }, "\(name) \(width):\n\(said.output)")
      }
    }
    let wide = kiln(["inspect", Self.run], environment: ["COLUMNS": "200"]).output
    for title in ["layer", "values", "minimum", "deviation", "norm", "zeros"] {
      #expect(wide.contains(title), "\(title)")
    }
    #expect(!wide.contains("left out in"))
    #expect(
      kiln(["inspect", Self.run], environment: ["COLUMNS": "60"]).output.contains("left out in 60 columns: layer"))
  }

  /// The YAML is a job, but for the images, which no checkpoint knows.
  @Test func aJobIsToldAsAJobFileSaysIt() throws {
    for run in ["plain", "validating", "batch-norm", "plateau", "initial"] {
      let said = kiln("inspect", "\(Self.fixtures)/runs/\(run)", "--json")
      var job = try #require(said.object?["job"] as? String)
      #expect(!job.contains("fingerprint") && job.contains("training:\n  epochs: "), "\(job)")
      job =
        job.contains("\ndata:\n")
        ? job.replacing("\ndata:\n", with: "\ndata:\n  images: .\n") : job + "data: {images: .}\n"
      try folder.write(job, to: "job.yaml")
      #expect(kiln("validate", folder("job.yaml")).errors.contains("error") == false, "\(job)")
      #expect(said.object?["fingerprint"] is String)
    }
    let text = kiln("inspect", Self.run).output
    #expect(text.contains("the job, as a job file says it:\n  name: ") && text.contains("    - conv2d: {"))
  }

  /// The job's words stay those of a job; how far it was trained beyond it, where and by what stands beside them.
  @Test func whereAndHowFarItWasTrained() throws {
    try folder.write(Fixtures.job(), to: "job.yaml")
    for extra in [[], ["--extend", "1"]] {
      let said = kiln(["train", folder("job.yaml"), "--output", folder("run")] + extra)
      try #require(said.status == 0, "\(said)")
    }
    let said = kiln(["inspect", folder("run/latest")], environment: ["COLUMNS": "300"])
    #expect(said.output.contains("trained further") && !said.output.contains("extensions:"), "\(said)")
    #expect(said.output.contains(", 1 thread\n") && said.output.contains("Kiln \(kilnVersion)\n"), "\(said)")
    let object = kiln("inspect", folder("run"), "--json").object
    #expect(object?["version"] as? String == kilnVersion)
    #expect((object?["machine"] as? String)?.hasSuffix(", 1 thread") == true)
    // A copy that lies in no run does not say.
    try FileManager.default.copyItem(
      at: URL(fileURLWithPath: folder("run/latest")).resolvingSymlinksInPath(),
      to: URL(fileURLWithPath: folder("alone")))
    #expect(kiln("inspect", folder("alone"), "--json").object?["machine"] is NSNull)
  }

  @Test func aTensorIsShownAndWritten() throws {
    let model = file("kiln.safetensors")
    let shown = kiln("inspect", model, "--tensor", "0.weight").output
    #expect(
      shown.contains("0.weight: F32, 2x3x2x2, 24 values") && shown.contains("[1, 2, :, :]") && shown.contains(" 4.75"))
    let json = kiln("inspect", model, "--tensor", "0.bias", "--json").object
    #expect((json?["values"] as? [Any])?.count == 2 && (json?["values"] as? [Any])?.last is NSNull)
    #expect(kiln("inspect", model, "--tensor", "8.weight", "--output", folder("a.csv")).status == 0)
    #expect(folder.text("a.csv") == "1.0,2.0,3.0,inf,1e-45\n")
    #expect(kiln("inspect", model, "--tensor", "0.weight", "--output", folder("a.npy")).status == 0)
    let written = try bytes("a.npy")
    #expect(written.starts(with: [0x93] + Array("NUMPY".utf8)) && written.count == 128 + 24 * 4)
    let index = try SafetensorsIndex(readFile(model, limit: 1 << 20))
    let place = try #require(index["0.weight"]?.bytes)
    #expect(Array(written.suffix(24 * 4)) == Array(try readFile(model, limit: 1 << 20)[place]))
    // NumPy has no BF16; single precision holds it.
    #expect(kiln("inspect", file("types.safetensors"), "--tensor", "BF16", "--output", folder("b.npy")).status == 0)
    #expect(String(decoding: try bytes("b.npy").prefix(80), as: UTF8.self).contains("'<f4'"))
    #expect(try bytes("b.npy").count == 128 + 16 * 4)
  }

  @Test func whatCannotBeDoneSaysWhyAndHow() {
    let model = file("kiln.safetensors")
    let missing = kiln("inspect", model, "--tensor", "1.weight")
    #expect(missing.status == 66 && missing.errors.contains("it has 0.weight, 0.bias"), "\(missing)")
    #expect(kiln("inspect", model, "--tensor", "0.weight", "--output", folder("a.txt")).status == 64)
    #expect(kiln("inspect", file("types.safetensors"), "--tensor", "F4", "--output", folder("a.npy")).status == 65)
    #expect(
      kiln("inspect", model, "--output", "a.npy").status == 64 && kiln("inspect", model, "--layer", "0").status == 64)
    let none = kiln("inspect", model, "--filters", folder("a.png"), "--layer", "8")
    #expect(none.status == 66 && none.errors.contains("those with filters are 0"), "\(none)")
    #expect(folder.names() == [])
  }

  @Test func filtersAreDrawn() throws {
    let said = kiln("inspect", file("kiln.safetensors"), "--filters", folder("a.png"))
    #expect(said.status == 0 && said.output.contains("2 filters of 0.weight (2x3x2x2)"), "\(said)")
    #expect(try bytes("a.png").starts(with: [0x89] + Array("PNG".utf8)))
    let json = kiln("inspect", Self.run, "--filters", folder("b.png"), "--json").object
    #expect(
      json?["tensor"] as? String == "0.weight" && json?["pictures"] as? String == "colours",
      "\(String(describing: json))")
  }

  @Test func aNameSteersNoTerminal() throws {
    let tensor = NamedTensor(name: "a\u{1B}[2J\nb", shape: [1], values: [1])
    try publish(
      try Safetensors.encode([tensor], metadata: ["k\u{1B}": "v\u{1B}[2J\nx", "job": "j\u{1B}"]),
      to: folder("e.safetensors"))
    for arguments in [
      ["inspect", folder("e.safetensors")], ["diff", folder("e.safetensors"), file("half.safetensors")],
    ] {
      let said = kiln(arguments, isTerminal: true)
      #expect(said.status == 0 && !said.output.contains("\u{1B}") && said.output.contains("a?[2J b"), "\(said)")
    }
  }
}
