import ArgumentParser
import Charts
import Configuration
import Datasets
import DurableFiles
import Images
import Manifests
import Workers

/// `kiln preview`: a sheet of the images as the network will see them.
struct Preview: Command {
  static let configuration = CommandConfiguration(
    abstract: "Draw a sheet of the images as the network will see them.",
    discussion: """
      The images pass through the same steps as in training: decoding, resizing, the epoch's order, augmentation and mixing. \
      Each has its class below it and its name; a mixed one its share of both classes. Validation and test images, which are \
      never changed, are shown in a random order. Characters outside of ASCII are written as escapes. A file of the sheet's \
      name is replaced.
      Example: kiln preview job.yaml --output sheet.png --epoch 2
      Exit status: 0, 65 the job or its data are bad, 66 no such file, 71 not enough memory, 74 a file cannot be read or \
      written.
      """)

  enum Shown: String, CaseIterable, ExpressibleByArgument {
    case train, validation, test

    var part: Part { Part(rawValue: rawValue) ?? .training }
    var adjective: String { self == .train ? "training" : rawValue }
  }

  @Argument(help: "A job file.", completion: .file(extensions: ["yaml", "yml", "json"])) var job: String
  @Option(name: .shortAndLong, help: "The PNG file to write.", completion: .file(extensions: ["png"]))
  var output = "preview.png"
  @Option(help: "Images: train, validation or test.") var part = Shown.train
  @Option(help: "The epoch, from 1.") var epoch = 1
  @Option(help: "How many images.") var count = 40
  @Option(help: "Images a row.") var columns = 8
  @Flag(help: "Without augmentation.") var plain = false
  @Option(help: "The job's seed, instead of the file's.") var seed: Int?
  @Option(help: "Where relative data paths start from, instead of the job file's folder.", completion: .directory)
  var base: String?
  @Option(
    help: "Where decoded images are kept for later jobs. (default: $XDG_CACHE_HOME/kiln, else ~/.cache/kiln)",
    completion: .directory) var cache: String?

  func validate() throws {
    guard epoch > 0 else { throw ValidationError("--epoch starts at 1") }
    guard (1...1000).contains(count) else { throw ValidationError("--count is 1 to 1000") }
    guard (1...40).contains(columns) else { throw ValidationError("--columns is 1 to 40") }
    if let seed, seed < 0 { throw ValidationError("--seed starts at 0") }
  }

  func run(on console: Console) throws {
    let file = JobFile(job)
    var manifest = try Manifest.parse(file.read(), file: file.shownPath)
    if !manifest.isNamed { manifest.name = file.name }
    if let seed { manifest.training.seed = UInt64(seed) }
    guard epoch <= manifest.training.epochs else {
      throw CommandFailure("the job has \(manifest.training.epochs) epochs, and --epoch is \(epoch)", .usage)
    }
    let location = DataLocation(base: base ?? file.folder)
    try manifest.findData(at: location)
    let dataset = try Dataset.load(manifest.data, at: location, seed: manifest.training.seed)
    let images = PreviewedImages(
      manifest, dataset, of: part.part, epoch: epoch, isPlain: plain,
      cache: cacheFolder(cache, environment: console.environment).map { ImageCache($0) })
    guard images.total > 0 else { throw CommandFailure("the job has no \(part.adjective) images", .badData) }
    let (tiles, skipped) = try images.tiles(count)
    let heading = "\(manifest.name): \(part.adjective) images" + (part == .train ? ", epoch \(epoch)" : "")
    var lines = ["\(tiles.count) of \(images.total.grouped) images as the network sees them: \(images.classCounts)"]
    lines.append(images.changes)
    if !skipped.isEmpty { lines.append("not usable: " + skipped.map(\.name).joined(separator: ", ")) }
    let sheet = ContactSheet(
      heading: heading, lines: lines, tiles: tiles, side: ImagePlanes.side, columns: columns)
    let drawn = sheet.drawn
    try publish(
      encodePNG(drawn.pixels, width: drawn.width, height: drawn.height, channels: 3), to: output, .atomic)
    for image in skipped { console.print("skipped \(image.name): \(image.reason)") }
    console.print("\(output): \(lines[0])")
    console.print(images.changes)
  }
}
