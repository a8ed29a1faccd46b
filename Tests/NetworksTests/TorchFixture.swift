import Checkpoints
import Foundation
import Tensors

/// What PyTorch computed: Tests/Fixtures/torch, whose README says what each file holds.
enum TorchFixture {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/torch")

  static func json<Content: Decodable>(_ name: String, as: Content.Type) throws -> Content {
    try JSONDecoder().decode(Content.self, from: Data(contentsOf: folder.appendingPathComponent("\(name).json")))
  }

  /// The tensors of a safetensors file by their names.
  static func tensors(_ name: String) throws -> [String: NamedTensor] {
    let file = try TensorFile(contentsOf: folder.appendingPathComponent("\(name).safetensors").path)
    return Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0) })
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
}

/// ‖values - expected‖ / ‖expected‖; infinite if their counts differ, or a value is NaN.
func relativeError<A: BinaryFloatingPoint, B: BinaryFloatingPoint>(_ values: [A], _ expected: [B]) -> Double {
  guard values.count == expected.count else { return .infinity }
  var difference = 0.0
  var scale = 0.0
  for (value, truth) in zip(values, expected) {
    difference += (Double(value) - Double(truth)) * (Double(value) - Double(truth))
    scale += Double(truth) * Double(truth)
  }
  return difference.isNaN ? .infinity : (difference / max(scale, .leastNormalMagnitude)).squareRoot()
}

/// A pack with memory of its own.
struct Pack<Scalar: LaneScalar> {
  let view: PackView<Scalar>
  private let storage: Storage<Lanes<Scalar>>

  init(_ shape: Shape, halo: PackLayout.Halo = .none) throws {
    let layout = PackLayout(shape, halo: halo)
    storage = try Storage(count: layout.vectorCount)
    view = PackView(storage.all, layout: layout)
  }

  /// Images one after the other, each in the order channel, row, column.
  init(_ shape: Shape, halo: PackLayout.Halo = .none, holding values: [Float]) throws {
    try self.init(shape, halo: halo)
    view.set(values.map { Scalar($0) })
  }
}

extension PackView {
  /// Puts images, one after the other, into the first lanes; the other lanes stay as they are.
  func set(_ values: [Scalar]) {
    let size = channels * height * width
    forEachPixel { index, place in
      for lane in 0..<(values.count / size) { place.pointee[lane] = values[lane * size + index] }
    }
  }

  /// The images in the first lanes, one after the other.
  func images(_ count: Int) -> [Scalar] {
    let size = channels * height * width
    var values = [Scalar](repeating: 0, count: count * size)
    forEachPixel { index, place in
      for lane in 0..<count { values[lane * size + index] = place.pointee[lane] }
    }
    return values
  }

  private func forEachPixel(_ body: (Int, UnsafeMutablePointer<Lanes<Scalar>>) -> Void) {
    var index = 0
    for channel in 0..<channels {
      for row in 0..<height {
        for column in 0..<width {
          body(index, at(channel, row, column))
          index += 1
        }
      }
    }
  }
}

/// Values with memory of their own, which lives as long as the variable that holds the list.
struct List<Scalar: LaneScalar> {
  let values: Values<Scalar>
  private let storage: Storage<Scalar>

  init(count: Int) throws {
    storage = try Storage(count: count)
    values = storage.all
  }

  init(_ content: [Float]) throws {
    try self.init(count: content.count)
    values.copy(from: content.map { Scalar($0) })
  }
}
