public import RunFiles

/// The course of a run as a drawing: training loss (every step, faint, and smoothed), validation loss, and in a panel
/// below it the accuracies. The epoch with the least validation loss is marked. Values that are no numbers are left out.
public struct LossCurve: Sendable {
  let title: String
  let steps: [StepRow]
  let epochs: [EpochRow]
  /// How many steps make an epoch; nil before the first one has ended.
  let stepsPerEpoch: Double?

  public init(_ rows: [MetricRow], title: String = "Training") {
    self.title = title.count > 60 ? title.prefix(59) + "…" : title
    steps = rows.compactMap { if case .step(let row) = $0, Self.canShow(row.loss) { row } else { nil } }
    epochs = rows.compactMap { if case .epoch(let row) = $0 { row } else { nil } }
    stepsPerEpoch = epochs.last.flatMap { $0.epoch > 0 && $0.step > 0 ? Double($0.step) / Double($0.epoch) : nil }
  }

  /// A self-contained SVG document, 960 x 640; it is lower where there are no accuracies, or no rows. Equal rows give equal text.
  public func svg() -> String {
    let panels =
      loss.isEmpty ? [] : accuracy.isEmpty ? [lossPanel(bottom: 408)] : [lossPanel(bottom: 372), accuracyPanel]
    let height = [96, 480, 640][panels.count]
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 \(height)\" width=\"960\" height=\"\(height)\""
        + " role=\"img\" font-family=\"system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif\">",
      "<title>\(Drawing.escaped(title)): loss curve</title>",
      "<rect width=\"960\" height=\"\(height)\" fill=\"\(Palette.paper)\"/>",
      Drawing.text(title, x: Self.left, y: 42, size: 22, fill: Palette.ink, bold: true),
      Drawing.text(summary, x: Self.left, y: 66, size: 14, fill: Palette.quiet),
    ]
    for (number, panel) in panels.enumerated() {
      parts += panel.frame(labelled: number == panels.count - 1 ? horizontalTitle : nil)
      parts += bestLine(panel)
      parts += panel.clipped(number == 0 ? lossCurves(panel) : accuracyCurves(panel))
    }
    if let first = panels.first { parts += legend(above: first) + bestLabel(first) }
    return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  /// A run that has lost its way may report any number; nobody needs to see the largest.
  static func canShow(_ value: Double) -> Bool { abs(value) < 1e30 }

  static let left = 76.0
  static let right = 928.0
}

// MARK: - What is shown

extension LossCurve {
  /// The epoch with the least validation loss; the first of equals.
  var best: EpochRow? {
    epochs.filter { $0.validationLoss.map(Self.canShow) ?? false }
      .min { ($0.validationLoss ?? .infinity) < ($1.validationLoss ?? .infinity) }
  }

  /// Where a step lies on the horizontal axis: in epochs as soon as their length is known.
  func place(step: Int) -> Double {
    Double(step) / (stepsPerEpoch ?? 1)
  }

  var stepLoss: [Point] { steps.map { Point(x: place(step: $0.step), y: $0.loss) } }
  var validationLoss: [Point] { points(\.validationLoss) }
  var trainAccuracy: [Point] { points(\.trainAccuracy) }
  var validationAccuracy: [Point] { points(\.validationAccuracy) }

  /// Without rows of steps (an old log, thinned out) the epochs' means stand for them.
  var trainingLoss: [Point] {
    stepLoss.isEmpty ? points { $0.trainLoss } : Series.smoothed(stepLoss)
  }

  var loss: [Point] { trainingLoss + validationLoss }
  private var accuracy: [Point] { trainAccuracy + validationAccuracy }

  private func points(_ value: (EpochRow) -> Double?) -> [Point] {
    epochs.compactMap { row in
      value(row).flatMap { Self.canShow($0) ? Point(x: place(step: row.step), y: $0) : nil }
    }
  }

  private var summary: String {
    guard !loss.isEmpty else { return "no rows yet" }
    guard let best, let loss = best.validationLoss else {
      return trainingLoss.last.map { "training loss \($0.y.text(decimals: 3)) at the end" } ?? ""
    }
    let accuracy = best.validationAccuracy.map { ", accuracy \(($0 * 100).text(decimals: 1)) %" } ?? ""
    return "best epoch \(best.epoch) of \(epochs.last?.epoch ?? best.epoch): validation loss"
      + " \(loss.text(decimals: 3))\(accuracy)"
  }
}

// MARK: - How it is laid out

extension LossCurve {
  private var horizontalTitle: String { stepsPerEpoch == nil ? "step" : "epoch" }

  private var horizontal: Axis {
    let end = max(steps.last.map { place(step: $0.step) } ?? 0, epochs.last.map { place(step: $0.step) } ?? 0)
    return Axis(0...max(end, 1), count: 10, wholeTicks: false, smallestStep: 1)
  }

  /// From zero where the curves come near it; outliers leave the panel at the top.
  private func lossPanel(bottom: Double) -> ChartPanel {
    let usual = [stepLoss.isEmpty ? trainingLoss : stepLoss, validationLoss].compactMap { Series.usualMaximum(of: $0) }
    let greatest = usual.max() ?? 1
    let least = min(greatest, (loss.map(\.y) + [Series.quantile(0.01, of: stepLoss)].compactMap { $0 }).min() ?? 0)
    let axis = Axis((least > 0 && least < greatest / 2 ? 0 : least)...greatest, count: 5, wholeTicks: true)
    return panel(top: 118, bottom: bottom, axis, "Loss", id: "loss")
  }

  private var accuracyPanel: ChartPanel {
    let values = accuracy.map { $0.y * 100 }
    let axis = Axis((values.min() ?? 0)...(values.max() ?? 100), count: 4, wholeTicks: true)
    return panel(top: 428, bottom: 568, axis, "Accuracy, %", id: "accuracy")
  }

  private func panel(
    top: Double, bottom: Double, _ vertical: Axis, _ title: String, id: String
  ) -> ChartPanel {
    ChartPanel(
      left: Self.left, right: Self.right, top: top, bottom: bottom, horizontal: horizontal, vertical: vertical,
      title: title, id: id)
  }
}
