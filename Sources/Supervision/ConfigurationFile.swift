import DurableFiles
import FoundationEssentials
import Glibc

/// What a configuration file says, as `kiln settings` prints it. What it leaves out is nil.
public struct ConfigurationFile: Decodable, Sendable {
  public var home: String?
  public var dataRoots: [String]?
  public var kiln: String?
  public var jobs: Int?
  public var threads: Int?
  public var quiet: Double?
  public var grace: Double?
  public var stall: Double?
  public var reserve: Int?
  public var limit: Int?
  public var first: Double?
  public var longest: Double?
  public var manifestKilobytes: Int?
  public var validationSeconds: Double?
  public var validationMegabytes: Int?

  /// No file: nothing is said.
  public init() {}

  /// Has `kiln` read the file at `path`. What is wrong with it, `kiln` tells on the standard error.
  ///
  /// - Throws: `SupervisionError.configuration` if something is.
  public init(_ path: String, kiln: String) throws(SupervisionError) {
    let child = try Child(Command(program: kiln, arguments: ["settings", path], output: .pipe))
    guard let pipe = child.output else { throw .configuration(path: path) }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      _ = waitForAny(of: [pipe], timeout: nil)
      let count = read(pipe, &buffer, buffer.count)
      if count > 0 { output += buffer[..<count] } else if count == 0 || (errno != EINTR && errno != EAGAIN) { break }
    }
    _ = waitForAny(of: [child.descriptor], timeout: nil)
    guard child.reap() == .exited(0), let said = try? JSONDecoder().decode(Self.self, from: Data(output)) else {
      throw .configuration(path: path)
    }
    self = said
  }
}
