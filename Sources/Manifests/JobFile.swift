import Configuration
public import DurableFiles

/// Where a job file is read from: a path, or `-` for standard input.
public struct JobFile: Sendable {
  public let path: String

  public init(_ path: String) {
    self.path = path
  }

  private var isStandardInput: Bool { path == "-" }

  /// The name that errors print.
  public var shownPath: String { isStandardInput ? "stdin" : path }

  /// The job's name if the file does not give one: the job of `jobs/solar-cells.yaml` is called solar-cells.
  public var name: String {
    let file = shownPath.split(separator: "/").last.map(String.init) ?? ""
    let ending = [".yaml", ".yml", ".json"].first { file.lowercased().hasSuffix($0) && file.count > $0.count }
    return String(file.dropLast(ending?.count ?? 0))
  }

  /// Where relative data paths start from: the file's folder; for standard input, the working directory.
  public var folder: String {
    guard !isStandardInput, let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Reads a regular file, or standard input to its end. A path that names a pipe or a device is refused, not waited
  /// for.
  ///
  /// - Throws: `FileError`, also if there are more than `Document.maximumBytes`.
  public func read() throws(FileError) -> [UInt8] {
    guard isStandardInput else { return try readFile(path, limit: Document.maximumBytes) }
    return try readStandardInput(limit: Document.maximumBytes)
  }
}

extension Manifest {
  /// Reads the job file at `path`, or standard input for `-`.
  ///
  /// - Throws: `FileError` if it cannot be read, `ConfigurationError` if it is no job.
  public init(contentsOf path: String) throws {
    let file = JobFile(path)
    self = try Manifest.parse(file.read(), file: file.shownPath)
  }
}
