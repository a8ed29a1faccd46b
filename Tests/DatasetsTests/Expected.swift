import Foundation
import Testing

/// What Tests/Fixtures/datasets/generate.py computed with NumPy, Pillow and Python's csv.
struct Expected: Decodable {
  struct Order: Decodable {
    var count: Int
    var seed: UInt64
    var epochs: [[Int]]
  }
  struct Split: Decodable {
    var labels: [Float]
    var share: Double
    var seed: UInt64
    var validation: [Int]
  }
  struct Statistics: Decodable {
    var mean: [Double]
    var deviation: [Double]
  }

  var order: Order
  var split: Split
  var symmetries: [[Int]]
  var statistics: Statistics
  var table: [[String: String]]
  var fingerprint: String

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/datasets").path

  static func read() throws -> Expected {
    let data = try #require(FileManager.default.contents(atPath: "\(folder)/expected.json"))
    return try JSONDecoder().decode(Expected.self, from: data)
  }
}

/// A folder for one test, gone with it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let url = URL(filePath: NSTemporaryDirectory()).appending(path: "kiln-datasets-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.resolvingSymlinksInPath().path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    let file = "\(path)/\(name)"
    let folder = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
  }

  /// Files that hold nothing: loading a data set opens no image.
  func touch(_ names: String...) throws {
    for name in names { try write("", to: name) }
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
  }
}
