import Foundation

/// A folder for one test, gone with everything in it when the test lets go of it.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kiln-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The full path of a name in the folder.
  public func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// The text of a file, or nil if there is none.
  public func text(_ name: String) -> String? { try? String(contentsOfFile: self(name), encoding: .utf8) }

  public func write(_ text: String, to name: String) throws {
    try text.write(toFile: self(name), atomically: false, encoding: .utf8)
  }

  /// The sorted names in the folder or in one below it.
  public func names(_ below: String = ".") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: self(below))) ?? []).sorted()
  }
}
