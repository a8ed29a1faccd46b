import Charts
import DurableFiles
import Figures
import Training

/// The images of a wrong answer, by name: first those whose own class was the least probable.
struct Mistakes: Encodable {
  struct Mistake: Encodable {
    let path: String
    let label: String
    let predicted: String
    /// Of the class that was taken; null for what is no number.
    let probability: OrNull<Double>
    /// Of the image's own class.
    let probabilityOfLabel: OrNull<Double>
  }

  let count: Int
  let worst: [Mistake]
  private let shown: Int

  init(_ evaluation: Evaluation, classes: [String], shown: Int) {
    let wrong = evaluation.answers.filter { $0.decision != $0.label }
    let isOneFolder = Set(evaluation.answers.map { ByteText($0.example.folder) }).count <= 1
    count = wrong.count
    self.shown = shown
    let sorted = wrong.worstFirst
    worst = sorted.prefix(shown).map { answer in
      Mistake(
        path: isOneFolder ? answer.example.name : answer.example.path, label: classes[answer.label],
        predicted: classes[answer.decision], probability: OrNull(finite: answer.probabilities[answer.decision]),
        probabilityOfLabel: OrNull(finite: answer.probabilities[answer.label]))
    }
  }

  /// Nil if nobody wants to see them.
  var text: String? {
    guard shown > 0 else { return nil }
    guard count > 0 else { return "no mistakes" }
    var table = Table([.left("path"), .left("is"), .left("taken for"), .right("probability")])
    for mistake in worst {
      let probability = mistake.probability.value.map { fixed($0, 4) } ?? "no number"
      table.append([mistake.path, mistake.label, mistake.predicted, probability])
    }
    let head =
      count > worst.count
      ? "the worst \(worst.count.grouped) of \(count.grouped) mistakes" : "mistakes: \(count.grouped)"
    return "\(head)\n\(table.text)"
  }
}

extension [Evaluation.Answer] {
  /// By the probability of the image's own class, the least first: wrong answers stand before right ones, unless a threshold
  /// decides. What is no number is worse than any.
  var worstFirst: [Evaluation.Answer] {
    map { (answer: $0, own: $0.probabilities[$0.label]) }.sorted { a, b in
      let (first, second) = (a.own.isNaN ? -1 : a.own, b.own.isNaN ? -1 : b.own)
      return first != second ? first < second : ByteText(a.answer.example.path) < ByteText(b.answer.example.path)
    }.map(\.answer)
  }
}
