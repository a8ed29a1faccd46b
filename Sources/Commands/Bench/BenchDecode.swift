import ArgumentParser
import DurableFiles
import Images
import Workers

/// `kiln bench decode`: from a file to the square that the network sees.
struct BenchDecode: Command {
  static let configuration = CommandConfiguration(
    commandName: "decode", abstract: "Measure reading, decoding and resizing of image files.",
    discussion: """
      Each path is an image, or a folder with images at any depth; hidden entries, other files and links to folders are left \
      out. All images are loaded once before the clock runs, so that the disk is not measured. Files that are no usable \
      images take part, and are counted.
      Example: kiln bench decode photos/
      Exit status: 0, 65 if there is no image, 66 if a path does not exist, 74 if a folder or a file cannot be read now.
      """)

  @Argument(help: "Images, and folders with images.") var paths: [String]
  @Option(help: "Threads.") var threads = 1
  @Option(help: "Timed rounds over all images.") var rounds = 5
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard threads > 0, rounds > 0 else { throw ValidationError("threads and rounds start at 1") }
  }

  func run(on console: Console) throws {
    var images: [String] = []
    for path in paths {
      guard let found = try facts(at: path) else { throw CommandFailure("\(path): no such file or folder", .noInput) }
      if found.kind == .directory { try collect(from: path, into: &images) } else { images.append(path) }
    }
    if images.isEmpty { throw CommandFailure("there is no image in \(paths.joined(separator: ", "))", .badData) }
    let team = Team(threads: threads)
    let refused = Monitor((unusable: 0, failure: FileError?.none))
    func load() {
      team.run(images.count) { [images] index, _ in
        do throws(ImageError) {
          _ = try loadPlanes(path: images[index])
        } catch .failed(let failure) {
          refused.change { $0.failure = failure }
        } catch {
          refused.change { $0.unusable += 1 }
        }
      }
    }
    load()
    // A disk that fails says nothing about an image.
    let (unusable, failure) = refused.change { $0 }
    if let failure { throw failure }
    let round = median((0..<rounds).map { _ in seconds(load) })
    let bytes = images.reduce(0) { $0 + ((try? facts(at: $1))??.size ?? 0) }
    let result = DecodingResult(
      images: images.count, unusable: unusable, imagesPerSecond: Double(images.count) / round,
      megabytesPerSecond: Double(bytes) / round / 1e6, threads: threads, peakResidentBytes: peakResidentMemory())
    try console.answer(result, asJSON: json, text: result.text)
  }

  private func collect(from folder: String, into images: inout [String]) throws {
    var names: [(name: ByteText, kind: FileKind)] = []
    for entry in try entries(of: folder) where entry.bytes.first != UInt8(ascii: ".") {
      guard let name = entry.name else {
        let shown = printable(String(decoding: entry.bytes, as: UTF8.self))
        throw CommandFailure("\(folder): '\(shown)' is not UTF-8; rename it", .badData)
      }
      names.append((ByteText(name), entry.kind))
    }
    for (name, kind) in names.sorted(by: { $0.name < $1.name }) {
      let path = "\(folder)/\(name)"
      if kind == .directory {
        try collect(from: path, into: &images)
      } else if kind != .other, isImageName(name.text) {
        images.append(path)
      }
    }
  }
}

private struct DecodingResult: Encodable {
  let images: Int
  let unusable: Int
  let imagesPerSecond: Double
  let megabytesPerSecond: Double
  let threads: Int
  let peakResidentBytes: Int

  var text: String {
    """
    \(imagesPerSecond.rounded(places: 1)) images/s  (\(images) files, \(unusable) of them no usable images, \(threads) threads)
    \(megabytesPerSecond.rounded(places: 1)) MB/s of files
    \(peakResidentBytes >> 20) MiB at most
    """
  }
}
