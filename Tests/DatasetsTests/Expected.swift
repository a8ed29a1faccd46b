import Foundation
import TemporaryFolder
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
  struct Change: Decodable {
    var view: [Double]
    var sum: Int
    var every1009th: [UInt8]
  }
  struct Statistics: Decodable {
    var mean: [Double]
    var deviation: [Double]
  }

  var order: Order
  var split: Split
  var symmetries: [[Int]]
  /// Down, across, brightness, contrast.
  var views: [[Double]]
  var changes: [Change]
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

extension TemporaryFolder {
  /// Files that hold nothing, with their folders: loading a data set opens no image.
  func touch(_ names: String...) throws {
    for name in names {
      let folder = (self(name) as NSString).deletingLastPathComponent
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try write("", to: name)
    }
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: self(name), withDestinationPath: target)
  }
}
