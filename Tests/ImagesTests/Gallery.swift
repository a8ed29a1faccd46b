import Foundation
import Images
import Testing

/// The committed images and what is expected of them.
enum Gallery {
  /// Tests/Fixtures/images, by way of this file.
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/images").path

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  static func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// As expected.json has it: transparency is left out.
  static let reading = ImageReading(alpha: .drop, scaling: false)

  /// Empty, which a test notices, where expected.json cannot be read.
  static let expected: [Expected] =
    (try? JSONDecoder().decode([Expected].self, from: Data(contentsOf: URL(fileURLWithPath: path("expected.json")))))
    ?? []
}

/// A line of expected.json: either an image or an error.
struct Expected: Decodable, Sendable, CustomTestStringConvertible {
  var file: String
  var width: Int?
  var height: Int?
  var rgb: String?
  var planes: String?
  var error: String?

  var testDescription: String { file }
}

extension ImageError {
  /// The name of the case, as expected.json has it.
  var name: String {
    switch self {
    case .failed: "failed"
    case .noMemory: "noMemory"
    case .missing: "missing"
    case .unreadable: "unreadable"
    case .truncated: "truncated"
    case .corrupt: "corrupt"
    case .otherKind: "otherKind"
    case .unsupported: "unsupported"
    case .tooLarge: "tooLarge"
    }
  }
}

let fnv1aStart: UInt64 = 14_695_981_039_346_656_037

/// FNV-1a, 64 bits, in hexadecimal.
func fnv1a(_ bytes: [UInt8], start: UInt64 = fnv1aStart) -> String {
  let hash = bytes.withUnsafeBytes { $0.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } }
  let digits = String(hash, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

/// What a call threw, or nil.
func imageError<Result>(of call: () throws(ImageError) -> Result) -> ImageError? {
  do {
    _ = try call()
    return nil
  } catch {
    return error
  }
}
