import DurableFiles
import Foundation
import TemporaryFolder
import Testing

/// `kiln export` and `kiln import`.
@Suite struct ExportTests {
  private let folder: TemporaryFolder
  private var run: String { folder("run") }
  private static let every = Fixtures.package + "/Tests/Fixtures/interchange/every-layer"

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Fixtures.job(), to: "job.yaml")
    #expect(kiln("train", folder("job.yaml"), "--output", run).status == 0)
  }

  private func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder(name))) }

  @Test(arguments: [("onnx", ["a.onnx"]), ("npz", ["a.npz"]), ("torch", ["a.py", "a.safetensors"])])
  func anExportIsReplacedAndNothingElse(format: String, names: [String]) throws {
    let command = ["export", run, "--format", format, "--output", folder(names[0])]
    let said = kiln(command)
    #expect(said.status == 0 && said.lines.count == names.count, "\(said)")
    for (name, line) in zip(names.reversed(), said.lines) {
      #expect(line.hasPrefix("\(folder(name)): ") && line.contains(" bytes, of \(run)/checkpoints/"))
    }
    let first = try names.map { try bytes($0) }
    #expect(kiln(command).status == 0)
    #expect(try names.map { try bytes($0) } == first)
    for name in names {
      let own = try bytes(name)
      for other in [Data("import torch\n".utf8), Data([0x50, 0x4B, 3, 4]), Data([8, 8, 0x12, 4])] {
        try other.write(to: URL(fileURLWithPath: folder(name)))
        let refused = kiln(command)
        #expect(refused.status == 65 && refused.errors.contains("\(folder(name)) is no "), "\(refused)")
        #expect(try bytes(name) == other)
      }
      try own.write(to: URL(fileURLWithPath: folder(name)))
    }
    #expect(folder.names() == (["job.yaml", "run"] + names).sorted())
  }

  /// Its weights would lie in the place of the checkpoint's own.
  @Test func aCheckpointIsNoExport() throws {
    let before = try bytes("run/latest/model.safetensors")
    let said = kiln("export", run, "--format", "torch", "--output", folder("run/latest/model.py"))
    #expect(
      said.status == 65 && said.errors.contains("model.safetensors is no file of weights of an export"), "\(said)")
    #expect(try bytes("run/latest/model.safetensors") == before)
    #expect(folder.names("run/latest") == ["model.safetensors", "training.safetensors"])
  }

  @Test func argumentsThatMakeNoSense() {
    #expect(
      kiln("export", run, "--format", "onxx", "--output", folder("a")).errors.contains("there are: onnx, npz, torch"))
    let option = kiln("export", run, "--format", "npz", "--output", folder("a"), "--with-probabilities")
    #expect(option.status == 64 && option.errors.contains("the format npz has no --with-probabilities"))
    let ending = kiln("export", run, "--format", "torch", "--output", folder("a.txt"))
    #expect(ending.status == 64 && ending.errors.contains("ends in .py"), "\(ending)")
    #expect(kiln("export", folder("nowhere"), "--format", "onnx", "--output", folder("a")).status == 66)
    let missing = kiln("export", run, "--format", "onnx", "--output", folder("no/a.onnx"))
    #expect(missing.status == 66 && missing.errors.contains("there is no folder"), "\(missing)")
    #expect(folder.names() == ["job.yaml", "run"])
  }

  /// What was exported comes back as the same network.
  @Test(arguments: ["npz", "torch"]) func thereAndBack(format: String) throws {
    let (first, again) = (format == "npz" ? "a.npz" : "a.py", format == "npz" ? "b.npz" : "b.py")
    let file = format == "npz" ? "a.npz" : "a.safetensors"
    #expect(kiln("export", run, "--format", format, "--output", folder(first)).status == 0)
    let imported = kiln("import", folder(file), "--network", folder("job.yaml"), "--output", folder("made"))
    #expect(imported.status == 0 && imported.output.contains("classes: the file's own, cracked, intact"), "\(imported)")
    #expect(imported.output.contains("normalization: the file's own, mean "))
    #expect(kiln("export", folder("made"), "--format", format, "--output", folder(again)).status == 0)
    #expect(try bytes(first) == bytes(again))
    let inspected = kiln("inspect", folder("made"))
    #expect(inspected.status == 0 && inspected.output.contains("0.weight"), "\(inspected)")
  }

  /// A network whose classes nobody has named is exported with numbers, and it says so.
  @Test func classesWithoutNamesAreNumbers() throws {
    let job = "\(Self.every).yaml"
    #expect(kiln("import", "\(Self.every).npz", "--network", job, "--output", folder("a")).status == 0)
    let said = kiln("export", folder("a"), "--format", "torch", "--output", folder("a.py"))
    #expect(said.status == 0 && said.errors.contains("does not say what its classes are called"), "\(said)")
    #expect(folder.text("a.py")?.contains("CLASSES = [\"0\", \"1\", \"2\"]") == true)
    #expect(!kiln("export", run, "--format", "npz", "--output", folder("b.npz")).errors.contains("classes"))
  }

  @Test func whatTheFileCannotSayIsSaid() throws {
    let job = "\(Self.every).yaml"
    let plain = kiln("import", "\(Self.every).safetensors", "--network", job, "--output", folder("a"))
    #expect(plain.status == 0, "\(plain)")
    #expect(plain.output.contains("left out, for no network needs it: 10.num_batches_tracked, 2."))
    #expect(plain.output.contains("normalization: the job's, mean 0.5, 0.4, 0.3"))
    #expect(plain.output.contains("classes: numbers, 0 to 2, for nobody says what they are called (--classes)"))
    let given = kiln(
      "import", "\(Self.every).npz", "--network", job, "--output", folder("b"), "--classes", "x,y,z", "--mean", "0.5",
      "--std", "0.25,0.5,1", "--loss", "{softmaxCrossEntropy: {labelSmoothing: 0.1}}")
    #expect(
      given.status == 0 && given.output.contains("as given, mean 0.5, 0.5, 0.5, deviation 0.25, 0.5, 1"), "\(given)")
    #expect(given.output.contains("classes: as given, x, y, z") && given.output.contains("labelSmoothing"))
    #expect(folder.names("b") == ["model.safetensors", "training.safetensors"])
  }

  @Test(arguments: [
    (["--classes", "x,y"], 64, "the network tells 3 classes apart"),
    (["--classes", "x,x,y"], 64, "name each of them once"),
    (["--mean", "0.5"], 64, "--mean and --std belong together"),
    (["--mean", "0.5", "--std", "0"], 64, "deviations are above 0"),
    (["--mean", "a,b,c", "--std", "1"], 64, "three numbers each"),
    (["--loss", "binaryCrossEntropy"], 65, "binaryCrossEntropy cannot judge a network that ends in 3"),
    (["--loss", "crossEntropy"], 65, "unknown loss `crossEntropy`"),
  ]) func argumentsOfImportThatMakeNoSense(more: [String], status: Int, words: String) {
    let said = kiln(
      ["import", "\(Self.every).safetensors", "--network", "\(Self.every).yaml", "--output", folder("a")] + more)
    #expect(said.status == status && said.errors.contains(words), "\(said)")
    #expect(folder.names() == ["job.yaml", "run"])
  }

  @Test func importRefusesWhatItCannotUse() throws {
    let other = kiln("import", "\(Self.every).safetensors", "--network", "homework", "--output", folder("a"))
    #expect(
      other.status == 65 && other.errors.contains("it has no tensor `0.weight`, which layer 0 (conv2d) needs"),
      "\(other)")
    let occupied = kiln("import", "\(Self.every).safetensors", "--network", "\(Self.every).yaml", "--output", run)
    #expect(occupied.status == 65 && occupied.errors.contains("exists, and is not overwritten"), "\(occupied)")
    #expect(kiln("import", folder("nowhere"), "--network", "homework", "--output", folder("a")).status == 66)
    let unknown = kiln(
      "import", "\(run)/latest/model.safetensors", "--network", folder("job.yaml"), "--output", folder("a"))
    #expect(unknown.status == 0 && unknown.output.contains("classes: the file's own"), "\(unknown)")
  }
}
