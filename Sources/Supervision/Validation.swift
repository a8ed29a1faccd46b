import DurableFiles
import Glibc
import Jobs
import RunFiles

/// A dropped file as it was read, once, before its validation. What is accepted are these bytes, and only if they are
/// what was validated: what becomes of the file meanwhile does not matter.
struct Candidate {
  let facts: FileFacts
  let manifest: [UInt8]
  /// Its own; nil if it was dropped by hand.
  let origin: Origin?

  /// Whether a verdict is about these very bytes. One about a file that could not be read tells nothing of any bytes.
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

  /// Far above what any batch says.
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

  /// What to wait for: its output, and when that is at its end, its own end. Between the two it still has to exit.
  var descriptor: Int32 {
    if let output = child.output, !hasSaidAll { output } else { child.descriptor }
  }

  /// To be called when `descriptor` is readable. Returns true when the child has ended.
  func proceed() -> Bool {
    guard let output = child.output, !hasSaidAll else { return true }
    hasSaidAll = !read(output)
    return false
  }

  /// Takes what the child has said so far; false if that was all.
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

  /// What was said about each path.
  var verdicts: [ByteText: Verdict] { Verdict.list(in: output) }
}
