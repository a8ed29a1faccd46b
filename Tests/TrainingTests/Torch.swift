import Checkpoints
import Foundation

/// What PyTorch computed: Tests/Fixtures/torch.
enum Torch {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/torch")

  static func json<Content: Decodable>(_ name: String, as: Content.Type) throws -> Content {
    try JSONDecoder().decode(Content.self, from: Data(contentsOf: folder.appendingPathComponent("\(name).json")))
  }

  /// A tensor that both sides compute: entry i is `bound * ((fmix32(i + salt * 0x9E3779B9) >> 8) / 2^23 - 1)`.
  static func formula(salt: UInt32, count: Int, bound: Double) -> [Float] {
    (0..<UInt32(count)).map { index in
      var x = index &+ salt &* 0x9E37_79B9
      x ^= x >> 16
      x &*= 0x85EB_CA6B
      x ^= x >> 13
      x &*= 0xC2B2_AE35
      x ^= x >> 16
      return Float(bound * (Double(x >> 8) / 0x1p23 - 1))
    }
  }

  static func tensors(_ name: String) throws -> [String: [Float]] {
    let file = try TensorFile(contentsOf: folder.appendingPathComponent("\(name).safetensors").path)
    return Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.values) })
  }
}
