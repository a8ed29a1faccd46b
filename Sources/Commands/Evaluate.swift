import ArgumentParser
import Checkpoints
import Configuration
import Datasets
import DurableFiles
import Foundation
import Images
import Jobs
import Manifests
import Training
import Workers

/// `kiln evaluate`: a checkpoint of a run on a part of the run's images.
struct Evaluate: ParsableCommand {
  enum Checkpoints: String, ExpressibleByArgument, CaseIterable { case latest, best }
  enum Parts: String, ExpressibleByArgument, CaseIterable { case test, validation, training }

  static let configuration = CommandConfiguration(
    abstract: "Evaluate a run's checkpoint on images of its job.",
    discussion: """
      RUN is a run's folder: its job.yaml says which images are held out, and its checkpoint by which seed. Figures are \
      those of scikit-learn; precision, recall and f1 are of class 1, or of more than two classes the mean. Weights of \
      the table count in the loss alone; weights of classes do not.
      Exit status: 0, 65 if the job or the checkpoint is bad or the part has no images, 66 if there is no such run, 74 if \
      a file could not be read.
      """)

  @Argument(help: ArgumentHelp("A run's folder.", valueName: "run"), completion: .directory) var folder: String
  @Option(help: "The images: test, validation or training; test if the job has any, else validation.") var part: Parts?
  @Option(help: "The checkpoint: latest or best.") var checkpoint = Checkpoints.latest
  @Option(help: "Where relative data paths start from, instead of where the run's did.", completion: .directory)
  var base: String?
  @Option(help: "The folder of images, instead of the job's.", completion: .directory) var images: String?
  @Option(help: "Threads; all cores if not given.") var threads = processorCount()
  @Flag(help: "Show each image in the eight symmetries of the square, and average the probabilities.")
  var symmetries = false
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if threads < 1 { throw ValidationError("--threads starts at 1") }
  }

  func run() throws {
    let file = JobFile("\(folder)/job.yaml")
    do {
      let manifest = try Manifest.parse(try file.read(), file: file.shownPath)
      let evaluator = try Evaluator(try job(manifest), try chosenCheckpoint())
      if evaluator.hasOtherData { printError("kiln evaluate: these are not the images that the run had in training") }
      let part = chosenPart(evaluator)
      guard evaluator.count(of: part) > 0 else { throw NothingToEvaluate(part: part) }
      let evaluation = try evaluator.evaluate(part, symmetries: symmetries ? Symmetry.all : [.identity])
      let report = EvaluationReport(evaluation, evaluator, part: part)
      print(json ? report.json.indented() : report.text)
    } catch let error as CheckpointError {
      printError("kiln evaluate: \(error)")
      throw ExitCode(error.exitStatus)
    } catch let error as NothingToEvaluate {
      printError("kiln evaluate: \(error)")
      throw ExitCode(65)
    } catch {
      let failure = TrainFailure(error)
      printError("kiln evaluate: \(failure.text)")
      throw ExitCode(failure.status)
    }
  }

  private func job(_ manifest: Manifest) throws -> TrainingJob {
    var data = manifest.data
    if let images {
      do { data.images = try DataLocation(base: ".").find(images) } catch { throw TrainingError.data(error) }
    }
    let origin = (try? readFile("\(folder)/origin.json", limit: 64 << 10)).flatMap { Origin($0) }
    let cache = cacheFolder(nil, environment: ProcessInfo.processInfo.environment).map { ImageCache($0) }
    return TrainingJob(
      name: manifest.name, network: manifest.network, data: data,
      location: DataLocation(base: base ?? origin?.base ?? folder), training: manifest.training,
      checkpoints: manifest.checkpoints, threads: threads, cache: cache)
  }

  private func chosenCheckpoint() throws(CheckpointError) -> Checkpoint {
    let store = CheckpointStore(run: folder)
    let found = try checkpoint == .best ? store.best() : store.latest()
    guard let found else { throw .noCheckpoint(path: folder) }
    return found
  }

  private func chosenPart(_ evaluator: Evaluator) -> Part {
    switch part {
    case .test: .test
    case .validation: .validation
    case .training: .training
    case nil: evaluator.count(of: .test) > 0 ? .test : .validation
    }
  }
}

private struct NothingToEvaluate: Error, CustomStringConvertible {
  let part: Part
  var description: String {
    part == .training
      ? "the job has no training images"
      : "the job sets no images aside for the \(part): name another --part; a job does with `\(part): 0.25` under data"
  }
}
