import ArgumentParser
import DurableFiles
import Images
import Workers

/// `kiln bench decode`: from a file to the square that the network sees.
struct BenchDecode: Command {
  static let configuration = CommandConfiguration(
    commandName: "decode", abstract: "Measure reading, decoding and resizing of image files.",
    discussion: """
      Each path is an image, or a folder with images at any depth; hidden entries and other files are left out. All images are \
      loaded once before the clock runs, so that the disk is not measured. Files that are no usable images take part, \
      and are counted.
      Exit status: 0, 65 if there is no image, 66 if a path does not exist, 74 if a folder cannot be read now.
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
    for path in paths { try collect(path, isGiven: true, into: &images) }
    if images.isEmpty { throw CommandFailure("there is no image in \(paths.joined(separator: ", "))", .badData) }
    let team = Team(threads: threads)
    let refused = Monitor(0)
    func load() {
      team.run(images.count) { [images] index, _ in
        if (try? loadPlanes(path: images[index])) == nil { refused.change { $0 += 1 } }
      }
    }
    load()
    let unusable = refused.change { $0 }
    let round = median((0..<rounds).map { _ in seconds(load) })
    let bytes = images.reduce(0) { $0 + ((try? facts(at: $1))??.size ?? 0) }
    let result = DecodingResult(
      images: images.count, unusable: unusable, imagesPerSecond: Double(images.count) / round,
      megabytesPerSecond: Double(bytes) / round / 1e6, threads: threads, peakResidentBytes: peakResidentMemory())
    try console.answer(result, asJSON: json, text: result.text)
  }

  private func collect(_ path: String, isGiven: Bool, into images: inout [String]) throws {
    guard let found = try facts(at: path) else { throw CommandFailure("\(path): no such file or folder", .noInput) }
    guard found.kind == .directory else {
      let name = ByteText(ByteText(path).lastName.lowercased())
      if isGiven || imageSuffixes.contains(where: name.hasSuffix) { images.append(path) }
      return
    }
    let names = try entries(of: path).compactMap(\.name).filter { !ByteText($0).hasPrefix(".") }
    for name in names.map(ByteText.init).sorted() { try collect("\(path)/\(name)", isGiven: false, into: &images) }
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
