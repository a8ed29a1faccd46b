import ArgumentParser
import Charts
import Configuration
import Datasets
import DurableFiles
import Manifests
import RunFiles

/// `kiln validate`: reads job files and says what is wrong with them, without training anything.
struct Validate: Command {
  static let configuration = CommandConfiguration(
    abstract: "Check job files without running them.",
    discussion: """
      Reads each file as `kiln train` does, plans its network and looks for its data.
      Exit status: 0 if all are valid, 65 if one is not; else 66 if there is no such file, 74 if one cannot be read now.
      """)

  @Argument(help: "Job files; - reads standard input.", completion: .file(extensions: ["yaml", "yml", "json"]))
  var files: [String] = []

  @Flag(help: "Print one JSON object for each file.")
  var json = false

  @Option(help: "Where relative data paths start from, instead of the job file's folder.", completion: .directory)
  var base: String?

  @Option(
    name: .customLong("data-root"), help: "A folder that the data must lie in; may be repeated. Default: anywhere.",
    completion: .directory)
  var dataRoots: [String] = []

  @Flag(help: "Print the JSON Schema of job files instead.")
  var schema = false

  func validate() throws {
    guard schema || !files.isEmpty else { throw ValidationError("Name a job file, or - for standard input.") }
  }

  func run(on console: Console) throws {
    if schema { return console.print(Manifest.schema) }
    var failures: [CommandFailure] = []
    for path in files {
      let verdict = JobVerdict(on: JobFile(path), base: base, dataRoots: dataRoots)
      if json { try console.print(json: verdict.line, .line) } else { console.print(verdict.text) }
      if let failure = verdict.failure { failures.append(failure) }
    }
    // Of several the least: a file that is wrong outweighs one that may be read another time.
    if let status = failures.map(\.status).min(by: { $0.rawValue < $1.rawValue }) { throw CommandFailure(status) }
  }
}

/// What there is to say about one job file.
struct JobVerdict {
  enum Finding {
    case valid(Manifest, parameters: Int)
    case invalid(ConfigurationError)
    case unreadable(FileError)
  }

  let file: JobFile
  let finding: Finding
  /// Those that were judged: the file may have others by now. Empty if it could not be read.
  let bytes: [UInt8]

  init(on file: JobFile, base: String?, dataRoots: [String]) {
    self.file = file
    do {
      bytes = try file.read()
      finding = Self.examine(bytes, of: file, at: DataLocation(base: base ?? file.folder, roots: dataRoots))
    } catch {
      bytes = []
      finding = .unreadable(error)
    }
  }

  private static func examine(_ bytes: [UInt8], of file: JobFile, at location: DataLocation) -> Finding {
    do {
      let manifest = try Manifest.parse(bytes, file: file.shownPath)
      let plan = try manifest.plan()
      try manifest.checkBatches(plan)
      try manifest.findData(at: location)
      return .valid(manifest, parameters: plan.parameterCount)
    } catch {
      return .invalid(error)
    }
  }

  /// What a command that needs a valid job says of this one; nil if it is valid.
  var failure: CommandFailure? {
    switch finding {
    case .valid: nil
    case .invalid(let error): CommandFailure(error)
    case .unreadable(let error): CommandFailure(error)
    }
  }

  var text: String {
    switch finding {
    case .valid(let manifest, let parameters):
      "\(file.shownPath): valid: \(manifest.name), \(parameters.grouped) parameters, \(manifest.training.epochs) epochs"
    case .invalid(let error): "\(error)"
    case .unreadable(let error): "\(error)"
    }
  }

  /// The same for a program; a file that cannot be read is complained of at its beginning.
  var line: Verdict {
    var verdict = Verdict(path: file.path, valid: failure == nil)
    switch finding {
    case .valid(let manifest, _):
      verdict.name = manifest.name
      verdict.priority = manifest.priority
      verdict.checksum = Digest(of: bytes).hexadecimal
    case .invalid(let error):
      (verdict.file, verdict.line, verdict.column) = (error.file, error.line, error.column)
      verdict.message = error.message
      verdict.checksum = Digest(of: bytes).hexadecimal
    case .unreadable(let error):
      (verdict.file, verdict.line, verdict.column) = (file.shownPath, 1, 1)
      verdict.message = "\(error)"
    }
    if failure != nil { verdict.report = text }
    return verdict
  }
}
