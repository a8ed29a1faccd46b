import Foundation
import Images
import TemporaryFolder
import Testing

/// Large JPEGs, decoded at a half, a quarter or an eighth of their size, and images turned after they were resampled.
///
/// The witness is Pillow: `Image.draft` for the decoding, `Image.resize` with a box for the rest.
@Suite struct ScalingTests {
  static let cases: [ScaledCase] =
    (try? JSONDecoder().decode(
      [ScaledCase].self, from: Data(contentsOf: URL(fileURLWithPath: Gallery.path("scaling.json"))))) ?? []

  @Test func findsItsFixtures() {
    #expect(Self.cases.count == 35)
    #expect(Set(Self.cases.map(\.reduction)) == [1, 2, 4, 8])
  }

  @Test(arguments: cases)
  func agreesWithPillow(_ expected: ScaledCase) throws {
    let image = try loadPlanes(path: Gallery.path(expected.file), as: ImageReading(alpha: .drop))
    #expect(image.notes.reduction == expected.reduction)
    #expect(fnv1a(image.planes.bytes) == expected.planes)
  }

  /// A key turns it off: then every pixel is that of the whole image.
  @Test(arguments: cases)
  func decodesTheWholeImageWhenToldTo(_ expected: ScaledCase) throws {
    let image = try loadPlanes(path: Gallery.path(expected.file), as: .earlier)
    #expect(image.notes.reduction == 1)
    #expect(fnv1a(image.planes.bytes) == expected.whole)
  }

  /// The bound that docs/0025 states, on these images and on those of the folder that KILN_PHOTOGRAPHS names, for which
  /// Benchmarks/photographs.py draws some.
  @Test func staysNearTheWholeImage() throws {
    let own = Self.cases.filter { $0.reduction > 1 }.map { Gallery.path($0.file) }
    let folder = ProcessInfo.processInfo.environment["KILN_PHOTOGRAPHS"]
    let others = try folder.map { folder in
      try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".jpg") }.map {
        "\(folder)/\($0)"
      }
    }
    for path in own + (others ?? []) {
      let differences = try Differences(path: path)
      #expect(differences.mean <= 2, "\(path): \(differences)")
      #expect(differences.atMost(20) >= 0.99, "\(path): \(differences)")
    }
  }

  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["KILN_PHOTOGRAPHS"] != nil, "KILN_PHOTOGRAPHS names no folder"))
  func tellsHowNearItIs() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["KILN_PHOTOGRAPHS"])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".jpg") }
    let all = try names.map { try Differences(path: "\(folder)/\($0)") }
    for reduction in [2, 4, 8] {
      let some = all.filter { $0.reduction == reduction }
      guard !some.isEmpty else { continue }
      let means = some.map(\.mean).sorted()
      let most = some.map(\.greatest).sorted()
      print(
        "1/\(reduction): \(some.count) images; mean difference: median \(means[means.count / 2]), most \(means[means.count - 1]);",
        "99% within \(some.map { $0.share(0.99) }.max() ?? 0); greatest: median \(most[most.count / 2]), most \(most[most.count - 1])"
      )
    }
    #expect(all.contains { $0.reduction > 1 })
  }
}

struct ScaledCase: Decodable, Sendable, CustomTestStringConvertible {
  var file: String
  var reduction: Int
  var planes: String
  var whole: String

  var testDescription: String { file }
}

/// How many bytes of an image differ by how much, between scaled and whole decoding.
private struct Differences: CustomStringConvertible {
  var counts = [Int](repeating: 0, count: 256)
  var reduction: Int

  init(path: String) throws {
    let scaled = try loadPlanes(path: path)
    let whole = try loadPlanes(path: path, as: ImageReading(scaling: false))
    reduction = scaled.notes.reduction
    for (a, b) in zip(scaled.planes.bytes, whole.planes.bytes) { counts[abs(Int(a) - Int(b))] += 1 }
  }

  var total: Double { Double(counts.reduce(0, +)) }
  var mean: Double { Double(counts.enumerated().reduce(0) { $0 + $1.offset * $1.element }) / total }
  var greatest: Int { counts.lastIndex { $0 > 0 } ?? 0 }

  /// The share of bytes that differ by no more.
  func atMost(_ difference: Int) -> Double { Double(counts[...difference].reduce(0, +)) / total }

  /// The difference that such a share of the bytes does not exceed.
  func share(_ share: Double) -> Int { (0..<256).first { atMost($0) >= share } ?? 255 }

  var description: String { "1/\(reduction), mean \(mean), 99% within \(share(0.99)), at most \(greatest)" }
}
