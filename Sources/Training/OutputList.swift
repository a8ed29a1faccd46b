import Foundation

/// A network's outputs, image after image, as a checkpoint keeps them: base64 of their bytes, so that every bit comes back.
public struct OutputList: Sendable, Equatable {
  public var values: [Float] = []

  public init(_ values: [Float] = []) {
    self.values = values
  }
}

extension OutputList: Codable {
  public init(from decoder: any Decoder) throws {
    let bytes = [UInt8](try decoder.singleValueContainer().decode(Data.self))
    values = stride(from: 0, to: bytes.count / 4 * 4, by: 4).map { start in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
    }
  }

  public func encode(to encoder: any Encoder) throws {
    let bytes = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
    var container = encoder.singleValueContainer()
    try container.encode(Data(bytes))
  }
}
