import Foundation
import Images
import Testing

/// The shared corpus of images from other projects, where it is at hand: beside the repository, or where KILN_CORPUS
/// says.
@Suite(.enabled(if: Corpus.isPresent, "no corpus at \(Corpus.folder); KILN_CORPUS names another place"))
struct CorpusTests {
  @Test func knowsTheCorpus() {
    #expect(Corpus.rows.count > 400)
    #expect(Set(Corpus.rows.map(\.verdict)) == ["must-decode", "must-reject", "policy"])
  }

  @Test(arguments: Corpus.rows)
  func agreesWithTheManifest(_ row: Corpus.Row) throws {
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(Corpus.folder)/\(row.path)")))
    switch row.verdict {
    case "must-decode":
      // The manifest has the colours as they are stored.
      let image = try decodeImage(bytes, as: ImageReading(alpha: .drop))
      #expect("\(image.width)x\(image.height)" == row.size)
      #expect(fnv1a(image.pixels, start: Corpus.hashStart) == row.hash)
    case "must-reject":
      #expect(imageError { () throws(ImageError) in try decodeImage(bytes) } != nil)
    default:
      _ = try? decodeImage(bytes)
    }
  }
}

/// Damage as disks and copies make it, in every JPEG of the corpus that is decoded.
@Suite(.enabled(if: Corpus.isPresent, "no corpus at \(Corpus.folder); KILN_CORPUS names another place"))
struct CorpusDamageTests {
  static let photographs = Corpus.rows.filter { $0.verdict == "must-decode" && isJPEG($0.path) }

  private static func isJPEG(_ path: String) -> Bool { path.hasSuffix(".jpg") || path.hasSuffix(".jpeg") }

  private func decoded(_ bytes: [UInt8]) -> RGBImage? { try? decodeImage(bytes) }

  @Test(arguments: photographs)
  func noTruncatedFileIsAnImage(_ row: Corpus.Row) throws {
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(Corpus.folder)/\(row.path)")))
    // One of them is a PNG.
    guard bytes.starts(with: [0xFF, 0xD8]) else { return }
    let end = try #require(bytes.indices.last { bytes[$0...].starts(with: [0xFF, 0xD9]) })
    let lengths = Array(stride(from: 2, to: end, by: max(end / 20, 1))) + Array(max(end - 3, 2)...end + 1)
    for length in lengths { #expect(decoded(Array(bytes[..<length])) == nil, "\(length) of \(bytes.count) bytes") }
  }

  /// libjpeg reads each stream code by code here and every warning within it is an error: what it lets pass is a stream
  /// without a fault, in which nobody can see the damage. The decoder finds its step again within a sector, and where
  /// it then has met as many blocks as were lost, all is in order behind it. So one sector in twenty passes
  /// (125 of 2,387 when this was written; 163 before invalid codes were noticed).
  @Test func fewDamagedSectorsPass() throws {
    var (tried, wrong) = (0, 0)
    for row in Self.photographs {
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(Corpus.folder)/\(row.path)")))
      guard bytes.starts(with: [0xFF, 0xD8]), bytes.count < 1 << 18, let whole = decoded(bytes) else { continue }
      for damaged in Self.damaged(bytes) where damaged != bytes {
        tried += 1
        if let image = decoded(damaged), image != whole { wrong += 1 }
      }
    }
    #expect(tried > 500)
    #expect(wrong * 100 < tried * 8, "\(wrong) of \(tried)")
  }

  /// Sectors within the pixels, zeroed, with the content of the one before, or random.
  private static func damaged(_ bytes: [UInt8]) -> [[UInt8]] {
    let scan = bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xDA]) } ?? 0
    var dice = Dice(state: 5)
    let sectors = stride(from: (scan / 512 + 1) * 512, to: bytes.count - 512, by: 512)
    let some = Array(sectors).filter { _ in Int.random(in: 0..<1000, using: &dice) < 6_000_000 / (bytes.count + 1) }
    return some.flatMap { start in
      let sector = start..<start + 512
      let contents = [
        [UInt8](repeating: 0, count: 512), Array(bytes[start - 512..<start]),
        sector.map { _ in UInt8.random(in: 0...255, using: &dice) },
      ]
      return contents.map { content in Array(bytes[..<start] + content + bytes[sector.upperBound...]) }
    }
  }
}

enum Corpus {
  struct Row: Sendable, CustomTestStringConvertible {
    var path: String
    var verdict: String
    var size: String
    var hash: String

    var testDescription: String { path }
  }

  static let folder: String =
    ProcessInfo.processInfo.environment["KILN_CORPUS"]
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("../shared/corpus").standardized.path

  static var isPresent: Bool { FileManager.default.fileExists(atPath: "\(folder)/MANIFEST.tsv") }

  /// The manifest starts its FNV-1a at 14695981039346656037 without the last digit.
  static let hashStart: UInt64 = 1_469_598_103_934_665_603

  /// For CMYK the manifest has the hash of the four channels as libjpeg gives them. These are of Pillow's RGB.
  private static let rgbOfCMYK = [
    "a762be9f41569c9c": "a3a08f2a3885e9e7",
    "983f7e5448db17ad": "f985f831bda6a963",
  ]

  static let rows: [Row] = {
    let text = (try? String(contentsOfFile: "\(folder)/MANIFEST.tsv", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard cells.count >= 8 else { return nil }
      return Row(path: cells[0], verdict: cells[2], size: cells[5], hash: rgbOfCMYK[cells[7]] ?? cells[7])
    }
  }()
}
