import ArgumentParser
import Charts
import Checkpoints
import Datasets
import Glibc
import Images
import RunFiles
import Supervision
import Training
import Workers

/// `kiln predict`: what a trained network says of images that have no label.
struct Predict: Command {
  static let configuration = CommandConfiguration(
    abstract: "Say what a trained network takes images for.",
    discussion: """
      MODEL is a run's folder, which stands for its newest checkpoint, or RUN/best, a checkpoint's folder, or one that \
      `kiln import` has made. How images are read, the classes and the threshold are the checkpoint's own; no job and no \
      data set are needed. An IMAGE may be a folder, whose images are taken however deep they lie, or - for the standard \
      input: paths, one a line, or an image itself.

          kiln predict runs/solar-cells/best photos/ --json

      --json prints one object a line: path, label, probability (of that label), probabilities, logits; of an image that \
      cannot be used, path and reason. What is said of an image never depends on the others. --follow goes on with every \
      image that appears in a folder, one line each, until Ctrl-C or SIGTERM.
      Exit status: 0, 64 for wrong arguments, 65 if the checkpoint is bad or, with --strict, an image is, 66 if there is no \
      such checkpoint or image, 74 if a file could not be read or written.
      """)

  @Argument(help: "A run, a checkpoint, or an imported network.", completion: .directory) var model: String
  @Argument(help: "Image files and folders of them; - for the standard input.", completion: .file())
  var images: [String] = []
  @Option(help: "A folder: every image in it, and every one that appears there, until stopped.", completion: .directory)
  var follow: String?
  @Flag(help: "With --follow: only images that appear from now on.") var onlyNew = false
  @Flag(help: "Print one JSON object a line.") var json = false
  @Flag(help: "Print comma-separated values, with a header.") var csv = false
  @Option(help: "The probability of class 1 from which on an image is taken for it; the checkpoint's own if not given.")
  var threshold: Double?
  @Flag(help: "Show each image in the eight symmetries of the square, and average the probabilities.")
  var symmetries = false
  @Flag(help: "End with status 65 if an image cannot be used.") var strict = false
  @Option(
    help: "Where decoded images are kept for another time. (default: $XDG_CACHE_HOME/kiln, else ~/.cache/kiln)",
    completion: .directory) var cache: String?
  @Flag(help: "Keep no decoded images.") var noCache = false
  @Option(help: "Threads; all cores if not given. What is said does not depend on it.") var threads = processorCount()

  @OptionGroup(title: "Explanation") var explanation: ExplanationOptions

  func validate() throws {
    if threads < 1 { throw ValidationError("--threads starts at 1") }
    if json, csv { throw ValidationError("--json and --csv are two answers: name one") }
    if let threshold, !(0...1).contains(threshold) { throw ValidationError("--threshold is from 0 to 1") }
    if follow != nil, !images.isEmpty {
      throw ValidationError("--follow takes the images of its folder alone: leave the others out")
    }
    if follow == nil, images.isEmpty {
      throw ValidationError("name images, a folder of them, or - for paths from the standard input")
    }
    if follow != nil, explanation.explain != nil {
      throw ValidationError("--explain makes one picture, and --follow has no end: leave one of them out")
    }
    if follow == nil, onlyNew { throw ValidationError("--only-new goes with --follow") }
  }

  func run(on console: Console) throws {
    // Before any thread is started, which would not hear of them.
    let stop = try follow.map { _ in try Signals([SIGTERM, SIGINT]) }
    let files = try CheckpointFiles(named: model)
    for damage in files.passedOver { console.complain("kiln: passed over: \(damage)") }
    let network = try TrainedNetwork(files)
    if network.classesAreNumbers {
      console.complain("kiln: the checkpoint does not say what its classes are called: they are numbers")
    }
    if symmetries, network.decision != nil, threshold == nil {
      console.complain("kiln: the checkpoint's threshold and temperature were chosen on images that were shown once")
    }
    let predictor = try FilePredictor(
      network, rule: try rule(network), symmetries: symmetries ? Symmetry.all : [.identity], cache: imageCache(console),
      threads: threads)
    var lines = PredictionLines(json ? .json : csv ? .csv : .text, network, predictor.rule)
    if let follow, let stop {
      try self.follow(follow, until: stop, predictor, &lines, console)
    } else {
      try predict(PredictionSource.all(images), predictor, &lines, console)
    }
    if let footer = lines.footer { console.print(footer) }
    if lines.unreadable > 0 {
      throw CommandFailure("\(lines.unreadable.grouped) of the images could not be read now: try again", .inputOutput)
    }
    if strict, lines.unusable > 0 {
      throw CommandFailure("\(lines.unusable.grouped) of the images cannot be used", .badData)
    }
  }

  private func rule(_ network: TrainedNetwork) throws -> DecisionRule {
    guard let threshold else { return DecisionRule(network.loss, network.decision) }
    guard network.classes.count == 2 else {
      throw CommandFailure(
        "--threshold decides between two classes, and the network tells \(network.classes.count) apart: leave it out",
        .usage
      )
    }
    return DecisionRule(network.loss, threshold: threshold, temperature: network.decision?.temperature ?? 1)
  }

  private func imageCache(_ console: Console) -> ImageCache? {
    noCache || follow != nil ? nil : cacheFolder(cache, environment: console.environment).map { ImageCache($0) }
  }

  private func predict(
    _ sources: [PredictionSource], _ predictor: FilePredictor, _ lines: inout PredictionLines, _ console: Console
  ) throws {
    for remark in sources.flatMap(\.remarks) { console.complain("kiln: \(remark)") }
    lines.widen(to: sources.flatMap(\.paths))
    if let header = lines.header { console.print(header) }
    var sheet = try explanation.explain.map { _ in
      try ExplanationSheet(predictor.network, explanation, threads: threads)
    }
    for source in sources {
      try source.forEachGroup { files in
        try predictor.predict(files.map(\.path)) { index, answer in
          try lines.tell(answer, of: files[index].shown, on: console)
          guard case .predicted(let prediction) = answer else { return }
          try sheet?.add(
            files[index].path, shownAs: files[index].shown, probabilities: prediction.probabilities,
            label: prediction.label)
        }
      }
    }
    if let path = explanation.explain, let said = try sheet?.publish(to: path) { console.complain(said) }
  }

  private func follow(
    _ folder: String, until stop: Signals, _ predictor: FilePredictor, _ lines: inout PredictionLines,
    _ console: Console
  ) throws {
    let follower = try FolderFollower(folder, onlyNew: onlyNew)
    if let header = lines.header { console.print(header) }
    try follower.run(until: stop, warn: { console.complain("kiln: \($0)") }) { paths, isWhole in
      var halves: Set<Int> = []
      try predictor.predict(paths) { index, answer in
        if case .unusable = answer, !isWhole(index) {
          halves.insert(index)
        } else {
          try lines.tell(answer, of: paths[index], on: console)
        }
      }
      return halves
    }
  }
}
