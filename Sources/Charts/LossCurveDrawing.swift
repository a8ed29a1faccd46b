import RunFiles

extension LossCurve {
  func lossCurves(_ panel: ChartPanel) -> [String] {
    panel.curve(Series.envelope(stepLoss), stroke: Palette.training, width: 1, opacity: 0.22)
      + panel.curve(trainingLoss, stroke: Palette.training, width: 2.25)
      + panel.curve(validationLoss, stroke: Palette.validation, width: 1.75)
      + panel.dots(validationLoss, stroke: Palette.validation)
      + bestDot(panel, best?.validationLoss)
  }

  func accuracyCurves(_ panel: ChartPanel) -> [String] {
    let training = trainAccuracy.map { Point(x: $0.x, y: $0.y * 100) }
    let validation = validationAccuracy.map { Point(x: $0.x, y: $0.y * 100) }
    return panel.curve(training, stroke: Palette.training, width: 2.25)
      + panel.curve(validation, stroke: Palette.validation, width: 1.75)
      + panel.dots(validation, stroke: Palette.validation)
      + bestDot(panel, best?.validationAccuracy.map { $0 * 100 })
  }

  /// The best epoch's value, filled where the others are hollow.
  private func bestDot(_ panel: ChartPanel, _ value: Double?) -> [String] {
    guard let best, let value, Self.canShow(value) else { return [] }
    let point = Point(x: place(step: best.step), y: value)
    return [panel.dot(point, radius: 4, fill: Palette.validation, stroke: Palette.validation)]
  }

  func bestLine(_ panel: ChartPanel) -> [String] {
    guard let best else { return [] }
    let x = panel.x(place(step: best.step))
    return [
      Drawing.line(
        Point(x: x, y: panel.top), Point(x: x, y: panel.bottom), stroke: Palette.best, width: 1.25, dash: "4 4")
    ]
  }

  /// Beside the line where there is room, on the side away from the frame.
  func bestLabel(_ panel: ChartPanel) -> [String] {
    guard let best else { return [] }
    let x = panel.x(place(step: best.step))
    let isRight = x > panel.right - 90
    return [
      Drawing.text(
        "best epoch", x: isRight ? x - 7 : x + 7, y: panel.top + 12, fill: Palette.best,
        anchor: isRight ? .end : .start, bold: true, halo: true)
    ]
  }

  /// In the row of the panel's title, from the right. The widths leave room for a reader's wider font.
  func legend(above panel: ChartPanel) -> [String] {
    let y = panel.top - 16.5
    var end = panel.right + 8
    func entry(_ name: String, width: Double, stroke: String, line: Double, opacity: Double = 1) -> [String] {
      let start = Point(x: end - width - 34, y: y)
      end -= width + 50
      return [
        Drawing.path([start, Point(x: start.x + 26, y: y)], stroke: stroke, width: line, opacity: opacity),
        Drawing.text(name, x: start.x + 34, y: y + 4.5, fill: Palette.ink),
      ]
    }
    var parts: [String] = []
    if !validationLoss.isEmpty {
      let dot = Point(x: end - 76 - 34 + 13, y: y)
      parts += entry("validation", width: 76, stroke: Palette.validation, line: 1.75)
      parts.append(Drawing.circle(dot, radius: 3.5, fill: Palette.paper, stroke: Palette.validation, width: 2))
    }
    guard !stepLoss.isEmpty else {
      return parts + entry("training", width: 60, stroke: Palette.training, line: 2.25)
    }
    return parts
      + entry("training, smoothed", width: 136, stroke: Palette.training, line: 2.25)
      + entry("each step", width: 72, stroke: Palette.training, line: 1, opacity: 0.4)
  }
}
