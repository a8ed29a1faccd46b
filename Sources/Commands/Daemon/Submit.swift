import ArgumentParser
import DurableFiles
import Glibc
import Jobs
import Manifests

/// `kiln submit`: puts job files into the daemon's drop folder.
struct Submit: Command {
  static let configuration = CommandConfiguration(
    abstract: "Hand job files to the daemon.",
    discussion: """
      Checks each file as `kiln validate` does, copies it into HOME/incoming, safely, and remembers its folder, from which relative data paths start. \
      The daemon need not run: it takes the jobs when it starts.
      Example: kiln submit --home /var/lib/kiln job.yaml
      Exit status: 0, 65 if a file is not a valid job, 66 if one cannot be read or there is no such home, 74 if one cannot \
      be copied.
      """)

  @Argument(help: "Job files.", completion: .file(extensions: ["yaml", "yml", "json"]))
  var files: [String]

  @OptionGroup var place: HomeOption

  @Option(help: "0 to 100; the greater goes first. (default: as the job file says)")
  var priority: Int?

  @Flag(help: "Make the home if there is none, for a daemon that is started later.")
  var create = false

  func validate() throws {
    if files.contains("-") { throw ValidationError("A job is submitted as a file, not through standard input.") }
    guard (0...100).contains(priority ?? 50) else { throw ValidationError("--priority must be from 0 to 100.") }
  }

  func run(on console: Console) throws {
    // The daemon may be another user, who reads what is dropped through the drop folder's group.
    let mask = umask(0)
    umask(mask & ~0o040)
    let manifests = try files.map(checked)
    let spool =
      try create
      ? place.spool(console) : place.servedSpool(console, cure: ", or make one with --create")
    try spool.create()
    let before = try spool.greatestSequence
    let isServed = try spool.daemon != nil
    for (path, bytes) in zip(files, manifests) {
      let name = try submit(bytes, from: path, to: spool)
      console.print("\(path) -> \(spool.incoming)/\(name)")
      if isServed, let news = try Receipt.wait(for: name, in: spool, after: before) { console.print(news.text(spool)) }
    }
    if !isServed {
      console.print("kilnd is not running; `kilnd --home \(spool.home)` takes the jobs when it starts.")
    }
  }

  /// The bytes of a valid job file, those that were judged; nothing is submitted if one of the files is not valid.
  private func checked(_ path: String) throws -> [UInt8] {
    let verdict = JobVerdict(on: JobFile(path), base: nil, dataRoots: [])
    if let failure = verdict.failure { throw failure }
    return verdict.bytes
  }

  private func submit(_ bytes: [UInt8], from path: String, to spool: Spool) throws(FileError) -> String {
    let absolute = ByteText(absolutePath(path))
    return try spool.submit(bytes, as: absolute.lastName, base: absolute.parent, priority: priority)
  }
}

/// What became of a submitted file in its first two seconds.
private enum Receipt {
  case accepted(JobID)
  case rejected

  func text(_ spool: Spool) -> String {
    switch self {
    case .accepted(let id): "accepted as \(id); follow it with `kiln status \(id)`"
    case .rejected: "not accepted; the reason is in \(spool.folder(.rejected))"
    }
  }

  /// Nil if the daemon has not come to it yet.
  static func wait(for name: String, in spool: Spool, after sequence: Int) throws(FileError) -> Receipt? {
    for _ in 0..<100 {
      if let id = try spool.job(dropped: name, after: sequence) { return .accepted(id) }
      if try facts(at: "\(spool.incoming)/\(name)") == nil {
        return try spool.job(dropped: name, after: sequence).map(Receipt.accepted) ?? .rejected
      }
      usleep(20_000)
    }
    return nil
  }
}
