import ArgumentParser
import Datasets
import DurableFiles
import Training
import Workers

/// `kiln evaluate`: a checkpoint of a run on images of the run or on others.
struct Evaluate: Command {
  enum Checkpoints: String, ExpressibleByArgument, CaseIterable { case latest, best }
  enum Parts: String, ExpressibleByArgument, CaseIterable { case test, validation, training, all }
  enum Classes: String, ExpressibleByArgument, CaseIterable { case all, common }

  static let configuration = CommandConfiguration(
    abstract: "Evaluate a trained network on images whose classes are known.",
    discussion: """
      RUN is a run's folder: its job.yaml says which images are held out, and its checkpoint by which seed. A checkpoint's \
      folder (RUN/best, or what `kiln import` made) is judged by the images that --images names. Figures are those of \
      scikit-learn; precision, recall and f1 are of class 1, or of more than two classes the mean. Weights of the table \
      count in the loss alone; weights of classes do not.

      Classes are matched by name. A set may lack some; one with others is refused, unless --classes common leaves their \
      images out. Of --images, and of all parts together, those that the run was trained on are left out, found by path \
      and by content, unless --include-trained asks for them. What is left out is counted with the figures.

      Of two classes a table says what other thresholds would do. --recall, --precision and --f1 choose one; \
      --save-threshold keeps it beside the checkpoint as decision.json, by which evaluate and predict go from then on. It \
      is chosen on the validation images, never on the test, and so is --calibrate's temperature:

        kiln evaluate runs/cells --recall 0.95 --save-threshold   # by validation
        kiln evaluate runs/cells                                  # by the test

      --explain draws where the network looked: at the worst mistakes, and then at what was nearly one. --predictions writes \
      a line an image, tab-separated: path, label, predicted, probability (of the predicted class), \
      p(CLASS) for each class, and reason, if there is no answer.
      Exit status: 0, 64 if the options contradict each other, 65 if the job, the checkpoint or the classes are bad, the \
      part has no images or nothing can be chosen on them, 66 if there is no such run, 74 if a file could not be read or \
      written, 75 if a decision is to be saved and the run is in use.
      """)

  @Argument(
    help: ArgumentHelp("A run's folder, or a checkpoint's with --images.", valueName: "run"), completion: .directory)
  var folder: String
  @Option(
    help: """
      The images: test, validation, training, or all; all of the folder that --images names, else test if the job has any, \
      else validation.
      """) var part: Parts?
  @Option(help: "The checkpoint of the run: latest or best.") var checkpoint = Checkpoints.latest
  @Option(help: "Where relative data paths start from, instead of where the run's did.", completion: .directory)
  var base: String?
  @Option(
    help: "Other images: a folder with the job's table in it or with a folder a class; or a table, beside its images.",
    completion: .file()) var images: String?
  @Option(help: "The classes: all, or those that the network and the images have in common.") var classes = Classes.all
  @Flag(help: "Judge by images that the run was trained on, too.") var includeTrained = false
  @Option(help: "How many of the worst mistakes are named.") var mistakes = 10
  @Option(help: "A file for what the network says of each image.", completion: .file(extensions: ["tsv"]))
  var predictions: String?
  @Option(help: "Threads; all cores if not given.") var threads = processorCount()
  @Flag(help: "Show each image in the eight symmetries of the square, and average the probabilities.")
  var symmetries = false
  @Flag(help: "Print one JSON object.") var json = false
  @OptionGroup(title: "Explanation") var explanation: ExplanationOptions
  @OptionGroup(title: "Decisions") var decisions: DecisionOptions

  func validate() throws {
    if threads < 1 { throw ValidationError("--threads starts at 1") }
    if mistakes < 0 { throw ValidationError("--mistakes starts at 0") }
    try decisions.check(part: part, images: images, symmetries: symmetries)
  }

  func run(on console: Console) throws {
    if let predictions { try PredictionTable.requirePlace(predictions) }
    let subject = try EvaluationSubject(self, console)
    let evaluator = subject.evaluator
    let place = decisions.saveThreshold ? try SavedDecision(beside: subject.checkpoint) : nil
    let found = try EvaluatedImages(self, of: subject)
    for warning in warnings(evaluator, found.images) { console.complain("kiln: \(warning)") }
    if let nothing = found.nothing { throw nothing }
    if decisions.choosesOnValidation, let trained = found.images.trainedOn, trained > 0 {
      throw CommandFailure(
        "nothing is chosen on images that the run was trained on (\(trained)): leave --include-trained out", .badData)
    }
    let judgement = try EvaluationJudgement(
      try evaluator.evaluate(found.images, found.wish), evaluator.network, decisions)
    if let predictions {
      try publish(
        PredictionTable(judgement.evaluation, found.images, classes: evaluator.classes).text, to: predictions)
    }
    try explain(judgement.evaluation, evaluator, console)
    if let lost = try place?.lost(by: judgement) { console.complain("kiln: \(lost)") }
    let saved = try place?.write(judgement, of: evaluator.network, part: .validation)
    let report = EvaluationReport(judgement, evaluator, found, mistakes: mistakes, saved: saved)
    try console.answer(report, asJSON: json, text: report.text)
  }

  /// First the worst mistakes, then the right answers that came nearest to being wrong.
  private func explain(_ evaluation: Evaluation, _ evaluator: Evaluator, _ console: Console) throws {
    guard let path = explanation.explain else { return }
    var sheet = try ExplanationSheet(evaluator.network, classes: evaluator.classes, explanation, threads: threads)
    let (wrong, right) = (
      evaluation.answers.filter { $0.decision != $0.label }, evaluation.answers.filter { $0.decision == $0.label }
    )
    for answer in wrong.worstFirst + right.worstFirst {
      try sheet.add(
        answer.example.path, shownAs: answer.example.name, probabilities: answer.probabilities, label: answer.decision,
        truth: answer.label)
    }
    if let said = try sheet.publish(to: path) { console.complain(said) }
  }

  private func warnings(_ evaluator: Evaluator, _ images: EvaluationImages) -> [String] {
    var warnings: [String] = []
    if evaluator.takesClassesFromImages {
      warnings.append("the checkpoint does not say what its classes are called: they are those of the run's images")
    }
    if let forgotten = evaluator.forgotten, images.trainedOn == nil {
      warnings.append("the network may have learnt from some of these images: \(forgotten)")
    }
    if symmetries, evaluator.network.decision != nil {
      warnings.append(
        "the checkpoint's decision was chosen on images that were shown once; --no-decision leaves it out of account")
    }
    return warnings
  }
}

extension Evaluate.Parts {
  /// Nil for all of them.
  var part: Part? {
    switch self {
    case .test: .test
    case .validation: .validation
    case .training: .training
    case .all: nil
    }
  }
}
