import Charts
import Datasets
import DurableFiles
import RunFiles

/// How many images of each class there are in each part.
struct DataCounts {
  private let classes: [String]
  /// By part, then by class.
  private let counts: [[Int]]

  init(_ account: DataAccount) {
    classes = account.classes
    let byClass = account.counts
    counts = [Part.training, .validation, .test].map { part in byClass.map { $0[part] ?? 0 } }
  }

  private static let mostRows = 30

  /// A table, set in by two spaces.
  var text: String {
    var table = Table([.left("class"), .right("training"), .right("validation"), .right("test")])
    for (index, name) in classes.enumerated().prefix(Self.mostRows) {
      table.append([printable(name)] + counts.map { $0[index].grouped })
    }
    let more = classes.count - Self.mostRows
    if more > 0 { table.append(["… \(more.grouped) more", "", "", ""]) }
    table.total(["total"] + counts.map { $0.reduce(0, +).grouped })
    return table.text.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
  }

  var verdict: Verdict.Data {
    Verdict.Data(classes: classes, training: counts[0], validation: counts[1], test: counts[2])
  }
}
