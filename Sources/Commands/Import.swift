import ArgumentParser
import Configuration
import Datasets
import DurableFiles
import Foundation
import Images
import Interchange
import Networks
import Training

/// `kiln import`: weights of another program as a checkpoint of Kiln's.
struct Import: Command {
  static let configuration = CommandConfiguration(
    abstract: "Make a checkpoint of weights that another program has trained.",
    discussion: """
      FILE is a safetensors file, PyTorch's or Kiln's, or a NumPy archive (.npz) that is not compressed. Its tensors have to \
      be those of the network: a torch.nn.Sequential with the same layers names them so. The folder that is made is a \
      checkpoint: inspect, predict, evaluate and export take it.

      What the file cannot say is said here, or else taken from it (if Kiln wrote it) or from the job file: the loss, the \
      classes in the order of the outputs, and the mean and deviation of pixel / 255 by channel.
      Example: kiln import cells.safetensors --network homework --classes intact,cracked --mean 0.5 --std 0.25 --output cells
      Exit status: 0, 64 wrong arguments, 65 the file is bad, or of another network, or the folder exists, 66 no such file, \
      74 a file cannot be read or written.
      """)

  @Argument(help: "A safetensors file, or a NumPy archive.", completion: .file(extensions: ["safetensors", "npz"]))
  var file: String
  @Option(help: "A preset's name or a job file.", completion: .file(extensions: ["yaml", "yml", "json"]))
  var network: String
  @Option(help: "The loss it was trained by; the job's, or that of the preset, if not given.") var loss: String?
  @Option(help: "Names of the classes, in the order of the outputs, separated by commas.") var classes: String?
  @Option(help: "Mean of pixel / 255 by channel, as 0.485,0.456,0.406, or one number for all.") var mean: String?
  @Option(help: "Deviation of pixel / 255 by channel.") var std: String?
  @Option(name: .shortAndLong, help: "The checkpoint's folder to make.", completion: .directory) var output: String

  func validate() throws {
    if (mean == nil) != (std == nil) { throw ValidationError("--mean and --std belong together") }
    _ = try statistics()
  }

  func run(on console: Console) throws {
    try ImportedCheckpoint.requirePlace(output)
    let weights = try ImportedWeights(contentsOf: file)
    let argument = try NetworkArgument(network)
    let judge = try chosenLoss(argument)
    let plan = try NetworkPlan(argument.network, judgedBy: judge, input: weights.input)
    try weights.check(against: plan)
    let (statistics, ofPixels) = try normalization(weights, argument)
    let (names, ofClasses) = try names(weights, judge, outputs: plan.output.count)
    let trained = try TrainedNetwork(
      network: argument.network, loss: judge, statistics: statistics, classes: names, reading: argument.reading,
      model: weights.tensors, convolution: argument.convolution)
    try ImportedCheckpoint.publish(trained, as: output)
    if !weights.ignored.isEmpty {
      console.print("left out, for no network needs it: \(weights.ignored.joined(separator: ", "))")
    }
    if !weights.rounded.isEmpty {
      console.print("rounded to single precision: \(weights.rounded.joined(separator: ", "))")
    }
    console.print("normalization: \(ofPixels)")
    console.print("classes: \(ofClasses)")
    console.print(
      "\(output): \(plan.parameterCount.grouped) parameters of \(plan.layers.count) layers, \(judge.words)")
  }

  private func chosenLoss(_ argument: NetworkArgument) throws -> any Loss {
    guard let loss else { return argument.loss }
    return try lossCatalogue.read(try Document.parse(loss, file: "--loss"))
  }

  /// The statistics, and a word on where they are from.
  private func normalization(
    _ weights: ImportedWeights, _ argument: NetworkArgument
  ) throws -> (ChannelStatistics, String) {
    if let given = try statistics() { return (given, "as given, \(given.words)") }
    if let saved = weights.statistics { return (saved, "the file's own, \(saved.words)") }
    switch argument.normalization {
    case .given(let given): return (given, "the job's, \(given.words)")
    case .some(.none): return (.none, "none, as the job says: the network sees pixel / 255")
    case .dataset:
      throw CommandFailure(
        "\(network) normalizes by its images, and \(file) does not say by which figures; say them with --mean and --std",
        .badData)
    case nil: return (.none, "none was given (--mean, --std): the network sees pixel / 255")
    }
  }

  /// The names of the classes, nil for numbers, and a word on where they are from.
  private func names(_ weights: ImportedWeights, _ judge: any Loss, outputs: Int) throws -> ([String]?, String) {
    let count = judge.probabilities(outputs: [Double](repeating: 0, count: outputs)).count
    if let classes {
      let names = classes.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
        String(Substring($0))
      }
      guard names.count == count, Set(names.map(ByteText.init)).count == count, !names.contains("") else {
        throw CommandFailure(
          "--classes \(classes): the network tells \(count) classes apart; name each of them once, in the order of the outputs",
          .usage)
      }
      return (names, "as given, \(names.joined(separator: ", "))")
    }
    if let saved = weights.classes, saved.count == count {
      return (saved, "the file's own, \(saved.joined(separator: ", "))")
    }
    return (nil, "numbers, 0 to \(count - 1), for nobody says what they are called (--classes)")
  }

  private func statistics() throws -> ChannelStatistics? {
    guard let mean, let std else { return nil }
    let (means, deviations) = (Self.numbers(mean), Self.numbers(std))
    guard let means, let deviations, deviations.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("--mean and --std are three numbers each, or one for all channels; deviations are above 0")
    }
    return ChannelStatistics(mean: means, deviation: deviations)
  }

  /// Three finite numbers; nil if there are none.
  private static func numbers(_ text: String) -> [Double]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    let numbers = parts.compactMap { $0 }.filter(\.isFinite)
    guard numbers.count == parts.count, [1, 3].contains(numbers.count) else { return nil }
    return numbers.count == 1 ? [Double](repeating: numbers[0], count: 3) : numbers
  }
}

extension ChannelStatistics {
  fileprivate var words: String {
    func list(_ values: [Double]) -> String { values.map { String(format: "%.4g", $0) }.joined(separator: ", ") }
    return "mean \(list(mean)), deviation \(list(deviation))"
  }
}

extension Loss {
  /// As a job file has it.
  fileprivate var words: String { if case .string(let keyword) = document { keyword } else { document.line } }
}

extension NetworkArgument {
  fileprivate var network: Network {
    switch self {
    case .preset(let network): network
    case .job(let manifest): manifest.network
    }
  }

  fileprivate var reading: ImageReading {
    switch self {
    case .preset: ImageReading()
    case .job(let manifest): manifest.data.reading
    }
  }

  /// What a job says of it; nil for a preset.
  fileprivate var normalization: DataDeclaration.Normalization? {
    switch self {
    case .preset: nil
    case .job(let manifest): manifest.data.normalize
    }
  }
}
