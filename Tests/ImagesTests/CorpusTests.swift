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
