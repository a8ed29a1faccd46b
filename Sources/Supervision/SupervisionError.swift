public import DurableFiles
import Glibc

/// Why the daemon cannot watch, start a child or go on.
public enum SupervisionError: Error, Equatable, CustomStringConvertible {
  case system(operation: String, code: Int32)
  /// The program to start is missing or cannot be executed.
  case program(path: String, code: Int32)
  /// A configuration file that cannot be used; `kiln` has printed why.
  case configuration(path: String)
  case anotherDaemon(home: String, holder: Int32?)
  case file(FileError)

  public var description: String {
    switch self {
    case .system(let operation, let code):
      "cannot \(operation): \(String(cString: strerror(code)))"
    case .program(let path, let code):
      "cannot start \(path): \(String(cString: strerror(code))); say where `kiln` is with --kiln"
    case .configuration(let path):
      "\(path) cannot be used as the configuration of kilnd"
    case .anotherDaemon(let home, let holder):
      "\(home) is served by another kilnd\(holder.map { " (process \($0))" } ?? ""); "
        + "stop that one, or choose another --home"
    case .file(let error):
      error.description
    }
  }
}
