import DurableFiles
import Glibc
public import RunFiles

extension DaemonSettings {
  /// Has `kiln settings` read the file at `path`. `kiln` prints what is wrong with the file to standard error.
  ///
  /// - Throws: `SupervisionError.configuration` if the file cannot be used; another one if `kiln` cannot be started.
  public init(_ path: String, kiln: String) throws(SupervisionError) {
    let child = try Child(Command(program: kiln, arguments: ["settings", path], output: .pipe))
    guard let pipe = child.output else { throw .configuration(path: path) }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      _ = waitForAny(of: [pipe], timeout: nil)
      let count = read(pipe, &buffer, buffer.count)
      if count == 0 { break }
      if count > 0 {
        output += buffer[..<count]
      } else if errno != EINTR && errno != EAGAIN {
        throw .system(operation: "read what kiln says of \(printable(path))", code: errno)
      }
    }
    _ = waitForAny(of: [child.descriptor], timeout: nil)
    guard child.reap() == .exited(0), let said: DaemonSettings = WireJSON.read(output) else {
      throw .configuration(path: path)
    }
    self = said
  }
}
