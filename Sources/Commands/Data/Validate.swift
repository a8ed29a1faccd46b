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
      Reads each file as `kiln train` does, plans its network, lists its images, and compares their classes to the network. \
      Says how many images of each class there are in each part, and about what the run will take. A list that takes \
      more than some seconds is left to the trainer. --deep has all the time that it needs: it decodes every image, and \
      counts those that cannot be used by what is wrong with them.
      Example: kiln validate jobs/*.yaml --deep
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

  @Flag(help: "Decode every image.") var deep = false

  @Flag(help: "Print the JSON Schema of job files instead.")
  var schema = false

  func validate() throws {
    guard schema || !files.isEmpty else { throw ValidationError("Name a job file, or - for standard input.") }
  }

  func run(on console: Console) throws {
    if schema { return console.print(Manifest.schema) }
    var failures: [CommandFailure] = []
    // One that was too slow goes on in a thread of its own, and another beside it would be slower still.
    var limits = deep ? nil : LookLimits()
    let cache = cacheFolder(nil, environment: console.environment).map { ImageCache($0) }
    for path in files {
      var verdict = JobVerdict(on: JobFile(path), base: base, dataRoots: dataRoots, within: limits)
      if case .valid(_, _, .unfinished) = verdict.finding { limits?.seconds = 0 }
      if deep { try verdict.lookDeeper(cache) { Self.show($0, of: $1, console) } }
      if json { try console.print(json: verdict.line, .line) } else { console.print(verdict.text) }
      if let failure = verdict.failure { failures.append(failure) }
    }
    // Of several the least: a file that is wrong outweighs one that may be read another time.
    if let status = failures.map(\.status).min(by: { $0.rawValue < $1.rawValue }) { throw CommandFailure(status) }
  }

  private static func show(_ images: Int, of all: Int, _ console: Console) {
    let width = 30
    let full = all > 0 ? width * images / all : width
    let bar = String(repeating: "█", count: full) + String(repeating: "·", count: width - full)
    console.show(live: images < all ? "decoding \(bar) \(images.grouped) of \(all.grouped)" : "")
  }
}
