import Charts
import Checkpoints
import DurableFiles

/// The difference of two checkpoints for people, in lines of some length.
struct CheckpointDifferenceText {
  let difference: CheckpointDifference
  let columns: Int

  var text: String {
    var blocks = ["A  \(printable(difference.a.model))\nB  \(printable(difference.b.model))"]
    blocks += [lines(difference.facts, "", "not said"), lines(difference.settings, "setting", "default")]
    let changed = difference.tensors.filter { if case .values = $0.finding { true } else { false } }
    if !changed.isEmpty { blocks.append(table(changed)) }
    blocks.append(others.joined(separator: "\n"))
    blocks.append((difference.remarks.flatMap { wrapped($0, to: columns) } + [summary]).joined(separator: "\n"))
    return blocks.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private var summary: String {
    let tensors = difference.tensors
    let values = tensors.reduce(0) { $0 &+ ($1.a?.count ?? 0) }
    guard !difference.isSame else {
      return "the same: \(tensors.count.grouped) tensors with \(values.grouped) values, and all that is said of them"
    }
    let same = tensors.count { $0.isSame }
    return same == tensors.count
      ? "all \(same.grouped) tensors are the same" : "\(same.grouped) of \(tensors.count.grouped) tensors are the same"
  }

  /// - Parameter none: what a side means that does not say it.
  private func lines(_ lines: [CheckpointDifference.Line], _ title: String, _ none: String) -> String {
    guard !lines.isEmpty else { return "" }
    let keyWidth = max(lines.map { printable($0.key).count }.max() ?? 0, title.count)
    let width = max((columns - keyWidth - 4) / 2, 12)
    var table = Table([.left(title), .left("A"), .left("B")])
    for line in lines {
      let (a, b) = Self.clipped(line.a.value ?? none, line.b.value ?? none, width)
      table.append([line.key, a, b])
    }
    return table.text
  }

  /// Both texts in so many characters: where they are longer, from a little before their first difference on.
  private static func clipped(_ a: String, _ b: String, _ width: Int) -> (String, String) {
    let (first, second) = (printable(a), printable(b))
    guard max(first.count, second.count) > width else { return (first, second) }
    let common = zip(first, second).prefix { $0 == $1 }.count
    func part(_ text: String) -> String {
      let start = common > width / 2 ? min(common - width / 4, text.count) : 0
      let rest = (start > 0 ? "…" : "") + text.dropFirst(start)
      return rest.count > width ? rest.prefix(width - 1) + "…" : rest
    }
    return (part(first), part(second))
  }

  private func table(_ changed: [CheckpointDifference.Tensor]) -> String {
    let isBoth = changed.contains { $0.isOfModel } && changed.contains { !$0.isOfModel }
    var table = FittingTable("tensor", names: changed.map { isBoth && !$0.isOfModel ? "\($0.name) *" : $0.name })
    func add(_ title: String, rank: Int, _ cell: (TensorDifference) -> String) {
      table.add(
        title, rank: rank,
        changed.map { if case .values(let difference) = $0.finding { cell(difference) } else { "" } })
    }
    func figure(_ value: Double?) -> String { value.map { shortest($0, digits: 4) } ?? "-" }
    table.add("shape", isNumeric: false, rank: 5, changed.map { $0.a?.shapeText ?? "" })
    if changed.contains(where: { $0.a?.typeName != $0.b?.typeName }) {
      table.add("types", isNumeric: false, rank: 0, changed.map { "\($0.a?.typeName ?? "") \($0.b?.typeName ?? "")" })
    }
    table.add("values", rank: 4, changed.map { ($0.a?.count ?? 0).grouped })
    add("differing", rank: 0) { $0.differing?.grouped ?? "-" }
    add("bits", rank: 3) { $0.bits?.grouped ?? "-" }
    add("max |A-B|", rank: 0) { figure($0.maximum) }
    add("|A-B| / |A|", rank: 0) { figure($0.relativeNorm) }
    if changed.contains(where: { if case .values(let found) = $0.finding { found.nonFinite > 0 } else { false } }) {
      add("not finite", rank: 0) { $0.nonFinite.grouped }
    }
    let (text, leftOut) = table.text(columns: columns)
    let notes = [
      isBoth ? "* of the training state" : nil,
      leftOut.isEmpty ? nil : "left out in \(columns) columns: \(leftOut.joined(separator: ", ")); --json has all",
    ]
    return ([text] + notes.compactMap { $0 }).joined(separator: "\n")
  }

  private var others: [String] {
    difference.tensors.compactMap { tensor in
      let name = printable(tensor.name)
      return switch tensor.finding {
      case .onlyInA: "only in A: \(name) (\(tensor.a?.shapeText ?? ""))"
      case .onlyInB: "only in B: \(name) (\(tensor.b?.shapeText ?? ""))"
      case .shapes: "other shape: \(name) is \(tensor.a?.shapeText ?? "") in A and \(tensor.b?.shapeText ?? "") in B"
      case .same, .values: nil
      }
    }
  }
}

/// The same for programs.
struct CheckpointDifferenceJSON: Encodable {
  let a: String
  let b: String
  let same: Bool
  let facts: [CheckpointDifference.Line]
  let settings: [CheckpointDifference.Line]
  /// All of them, also those that are the same.
  let tensors: [Tensor]
  let remarks: [String]

  struct Tensor: Encodable {
    let name: String
    /// `model` or `training`.
    let file: String
    /// `same`, `values`, `shape`, `onlyInA` or `onlyInB`.
    let finding: String
    let shapes: [OrNull<[Int]>]
    let types: [OrNull<String>]
    let values: OrNull<Int>
    let differing: OrNull<Int>
    let bits: OrNull<Int>
    let maximum: OrNull<Double>
    let relativeNorm: OrNull<Double>
    let nonFinite: OrNull<Int>
  }

  init(_ difference: CheckpointDifference) {
    (a, b) = (difference.a.model, difference.b.model)
    same = difference.isSame
    facts = difference.facts
    settings = difference.settings
    remarks = difference.remarks
    tensors = difference.tensors.map { tensor in
      var (finding, found): (String, TensorDifference?) = ("same", nil)
      switch tensor.finding {
      case .same: break
      case .onlyInA: finding = "onlyInA"
      case .onlyInB: finding = "onlyInB"
      case .shapes: finding = "shape"
      case .values(let difference): (finding, found) = ("values", difference)
      }
      return Tensor(
        name: tensor.name, file: tensor.isOfModel ? "model" : "training", finding: finding,
        shapes: [OrNull(tensor.a?.shape), OrNull(tensor.b?.shape)],
        types: [OrNull(tensor.a?.typeName), OrNull(tensor.b?.typeName)], values: OrNull(found?.count),
        differing: OrNull(found?.differing), bits: OrNull(found?.bits), maximum: OrNull(finite: found?.maximum),
        relativeNorm: OrNull(finite: found?.relativeNorm), nonFinite: OrNull(found?.nonFinite))
    }
  }
}
