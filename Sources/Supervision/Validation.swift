import DurableFiles
import Glibc
import Jobs
import RunFiles

/// A dropped file as it was read, once, before its validation. Exactly these bytes are accepted, and only if the
/// verdict is about them. What becomes of the file meanwhile does not matter.
struct Candidate {
  let facts: FileFacts
  let manifest: [UInt8]
  /// What `kiln submit` wrote for this very manifest; nil if the file was dropped by hand.
  let origin: Origin?

  /// Whether a verdict is about these very bytes. A verdict without a checksum is about a file that could not be read;
  /// it counts.
  func isJudged(by verdict: Verdict) -> Bool {
    verdict.checksum.map { $0 == Digest(of: manifest).hexadecimal } ?? true
  }
}

/// One `kiln validate` over some files of `incoming/`.
final class Validation {
  let files: [ByteText: Candidate]
  let child: Child
  /// When to kill it, on the clock of `uptime`.
  let deadline: Double
  let began: Double
  private var output: [UInt8] = []
  private var hasSaidAll = false

  /// In bytes: far more than the verdicts on any batch take.
  private static let longestOutput = 16 << 20

  init(
    _ files: [ByteText: Candidate], base: String, in folder: String, _ settings: Settings, now: Double
  ) throws(SupervisionError) {
    self.files = files
    let paths = files.keys.sorted().map { "\(folder)/\($0)" }
    child = try Child(
      Command(program: settings.kiln, arguments: settings.validation(of: paths, base: base), output: .pipe))
    child.limitMemory(to: settings.limits.validationMemory)
    began = now
    deadline = now + settings.limits.validationSeconds + Double(files.count)
  }

  /// The descriptor to wait for: the child's output, and after the output's end the child itself, which still has to
  /// exit.
  var descriptor: Int32 {
    if let output = child.output, !hasSaidAll { output } else { child.descriptor }
  }

  /// To be called when `descriptor` is readable. Returns true when the child has ended.
  func proceed() -> Bool {
    guard let output = child.output, !hasSaidAll else { return true }
    hasSaidAll = !read(output)
    return false
  }

  /// Takes the child's output so far; false if that was all.
  private func read(_ descriptor: Int32) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while output.count < Self.longestOutput {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count > 0 {
        output += buffer[..<count]
      } else if count < 0 && errno == EAGAIN {
        return true
      } else if count == 0 || errno != EINTR {
        return false
      }
    }
    return false
  }

  /// The verdict on each path.
  var verdicts: [ByteText: Verdict] { Verdict.list(in: output) }
}
