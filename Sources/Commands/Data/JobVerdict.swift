import Charts
import Configuration
import Datasets
import DurableFiles
import Glibc
import Manifests
import Networks
import RunFiles
import Training
import Workers

/// What there is to say about one job file.
struct JobVerdict {
  enum Finding {
    case valid(Manifest, NetworkPlan, DataLook)
    case invalid(ConfigurationError)
    case unreadable(FileError)
  }

  let file: JobFile
  private let location: DataLocation
  private(set) var finding: Finding
  /// All images were decoded.
  private(set) var deep: DeepLook?
  /// Those that were judged: the file may have others by now. Empty if it could not be read.
  let bytes: [UInt8]

  /// - Parameter limits: of the look at the data; nil to go on to the end.
  init(on file: JobFile, base: String?, dataRoots: [String], within limits: LookLimits? = LookLimits()) {
    self.file = file
    location = DataLocation(base: base ?? file.folder, roots: dataRoots)
    do {
      bytes = try file.read()
      finding = Self.examine(bytes, of: file, at: location, limits)
    } catch {
      bytes = []
      finding = .unreadable(error)
    }
  }

  private static func examine(
    _ bytes: [UInt8], of file: JobFile, at location: DataLocation, _ limits: LookLimits?
  ) -> Finding {
    do {
      let manifest = try Manifest.parse(bytes, file: file.shownPath)
      let plan = try manifest.plan()
      try manifest.checkBatches(plan)
      return .valid(manifest, plan, try manifest.look(at: location, for: plan, within: limits))
    } catch {
      return .invalid(error)
    }
  }

  /// Decodes all images of a valid job, and finds it invalid if it would fail for them.
  /// - Throws: a failure that says nothing about the job.
  mutating func lookDeeper(_ cache: ImageCache?, _ progress: (Int, Int) -> Void) throws {
    guard case .valid(let manifest, _, .listed) = finding else { return }
    let job = TrainingJob(
      name: manifest.name, network: manifest.network, data: manifest.data, location: location,
      training: manifest.training, checkpoints: manifest.checkpoints, threads: processorCount(), cache: cache)
    let look = DeepLook(try DataInspection(of: job, decodes: true, looked: progress))
    deep = look
    guard let failure = look.failure else { return }
    let message = "\(failure)".split(separator: "\n").first.map(String.init) ?? "\(failure)"
    finding = .invalid((manifest.places.sources.first?.images ?? manifest.places.job).error(message))
  }

  /// What a command that needs a valid job says of this one; nil if it is valid.
  var failure: CommandFailure? {
    switch finding {
    case .valid: nil
    case .invalid(let error): CommandFailure(error)
    case .unreadable(let error): CommandFailure(error)
    }
  }

  /// A first line, and a block below it.
  var text: String {
    let first =
      switch finding {
      case .valid(let manifest, let plan, _):
        "\(file.shownPath): valid: \(manifest.name), \(plan.parameterCount.grouped) parameters, "
          + "\(manifest.training.epochs) epochs"
      case .invalid(let error): "\(error)"
      case .unreadable(let error): "\(error)"
      }
    return ([first] + findings + (deep.map { [$0.text] } ?? [])).joined(separator: "\n")
  }

  private var findings: [String] {
    guard case .valid(let manifest, let plan, let look) = finding else { return [] }
    switch look {
    case .unfinished(let why): return ["  the images were not listed: \(why); the trainer looks again"]
    case .listed(let dataset, let account):
      let notes = (deep == nil ? account.remarks : []).map { "  note: \(printable($0.text))" }
      return [DataCounts(account).text] + notes + [JobEstimate(manifest, plan, dataset).text]
    }
  }

  /// The same for a program; a file that cannot be read is complained of at its beginning.
  var line: Verdict {
    var verdict = Verdict(path: file.path, valid: failure == nil)
    verdict.problems = deep?.verdicts
    switch finding {
    case .valid(let manifest, let plan, let look):
      verdict.name = manifest.name
      verdict.priority = manifest.priority
      verdict.checksum = Digest(of: bytes).hexadecimal
      switch look {
      case .unfinished(let why): verdict.unlisted = why
      case .listed(let dataset, let account):
        verdict.data = DataCounts(account).verdict
        verdict.notes = account.remarks.map(\.text)
        verdict.estimate = JobEstimate(manifest, plan, dataset).verdict
      }
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

/// What the job will take here.
private struct JobEstimate {
  private let run: RunEstimate
  private let threads: Int

  /// GFLOP/s of a core of this machine, measured in some ten milliseconds.
  private static let gflops = peakGflops(Team(threads: 1), rounds: 200_000)

  init(_ manifest: Manifest, _ plan: NetworkPlan, _ dataset: Dataset) {
    threads = manifest.resources.threads ?? processorCount()
    run = RunEstimate(
      manifest.training, keep: manifest.checkpoints.keep, plan, dataset, threads: threads, gflops: Self.gflops)
  }

  var text: String {
    let time = duration(Int(run.seconds.rounded(.up)))
    var lines = """
        about \(time) with \(threads) threads, if the core's \(Int(Self.gflops)) GFLOP/s measured just now last, and \
      pictures are small
        \(run.networkBytes >> 20) MiB for the network, up to \(run.diskBytes / 1_000_000 + 1) MB on disk
      """
    // Where the run will be is not known; it is most often here.
    if let free = try? freeSpace(at: "."), free < run.diskBytes {
      lines += "\n  note: here are \(free / 1_000_000) MB free"
    }
    return lines
  }

  var verdict: Verdict.Estimate {
    Verdict.Estimate(seconds: run.seconds.finite, networkBytes: run.networkBytes, diskBytes: run.diskBytes)
  }
}
