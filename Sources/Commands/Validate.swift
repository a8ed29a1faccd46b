import ArgumentParser
import Charts
import Configuration
import Datasets
import DurableFiles
import Manifests

/// `kiln validate`: reads job files and says what is wrong with them, without training anything.
struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check job files without running them.",
    discussion: """
      Reads each file as `kiln train` does, plans its network and looks for its data.
      Exit status: 0 if all are valid, 65 if one is not, 66 if one cannot be read.
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

  func run() throws {
    if schema { return print(Manifest.schema) }
    let verdicts = files.map { path in
      let verdict = Verdict(on: JobFile(path), base: base, dataRoots: dataRoots)
      print(json ? verdict.json.line : verdict.text)
      return verdict
    }
    if let status = verdicts.compactMap(\.failure).min() { throw ExitCode(status) }
  }
}

/// What there is to say about one job file.
struct Verdict {
  enum Finding {
    case valid(Manifest, parameters: Int)
    case invalid(ConfigurationError)
    case unreadable(FileError)
  }

  let file: JobFile
  let finding: Finding
  /// Of the bytes that were judged: the file may have others by now.
  private(set) var checksum: Digest?

  init(on file: JobFile, base: String?, dataRoots: [String]) {
    self.file = file
    do {
      let bytes = try file.read()
      checksum = Digest(of: bytes)
      finding = Self.examine(bytes, of: file, at: DataLocation(base: base ?? file.folder, roots: dataRoots))
    } catch {
      finding = .unreadable(error)
    }
  }

  private static func examine(_ bytes: [UInt8], of file: JobFile, at location: DataLocation) -> Finding {
    do {
      let manifest = try Manifest.parse(bytes, file: file.shownPath)
      let plan = try manifest.plan()
      try manifest.findData(at: location)
      return .valid(manifest, parameters: plan.parameterCount)
    } catch {
      return .invalid(error)
    }
  }

  /// The exit status of sysexits.h that it asks for: EX_DATAERR, EX_NOINPUT.
  var failure: Int32? {
    switch finding {
    case .valid: nil
    case .invalid: 65
    // A failed system call; else there is a file, but of the wrong kind or size.
    case .unreadable(let error): error.code == nil ? 65 : 66
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

  /// One object, with the checksum of what was read; a file that cannot be read is complained of at its beginning.
  var json: JSON {
    guard case .object(let members) = conclusion, let checksum else { return conclusion }
    return .object(members + [(key: "checksum", value: .string(checksum.hexadecimal))])
  }

  private var conclusion: JSON {
    switch finding {
    case .valid(let manifest, _):
      [
        "path": .string(file.path), "valid": true, "name": .string(manifest.name),
        "priority": .literal("\(manifest.priority)"),
      ]
    case .invalid(let error):
      complaint(error.file, error.line, error.column, error.message, report: "\(error)")
    case .unreadable(let error):
      complaint(file.shownPath, 1, 1, "\(error)", report: "\(error)")
    }
  }

  private func complaint(_ name: String, _ line: Int, _ column: Int, _ message: String, report: String) -> JSON {
    [
      "path": .string(file.path), "valid": false, "file": .string(name), "line": .literal("\(line)"),
      "column": .literal("\(column)"), "message": .string(message), "report": .string(report),
    ]
  }
}
