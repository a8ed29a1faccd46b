public import RunFiles

/// Several curves in one drawing: a panel for each figure, one colour for each curve.
public struct ComparisonChart: Sendable {
  /// Curves on one pair of axes.
  struct Panel: Sendable {
    let title: String
    let curves: [RunCurve]
    /// 100 for shares, which are shown in percent.
    let scale: Double
    /// One curve that explodes must not press the others flat.
    let cutsOutliers: Bool
  }

  private let title: String
  private let horizontal: String
  private let panels: [Panel]

  /// The figures of runs over their epochs.
  public init(title: String, runs: [(name: String, rows: [MetricRow])], metrics: [ComparedMetric]) {
    self.title = title
    horizontal = "epoch"
    panels = metrics.map { metric in
      Panel(
        title: metric.title.prefix(1).uppercased() + metric.title.dropFirst() + (metric.rises ? ", %" : ""),
        curves: runs.map { RunCurve(name: $0.name, metric: metric, rows: $0.rows) }, scale: metric.rises ? 100 : 1,
        cutsOutliers: !metric.rises)
    }.filter { panel in panel.curves.contains { !$0.isEmpty } }
  }

  /// Any curves in one panel.
  public init(title: String, panel: String, curves: [RunCurve], horizontal: String) {
    self.title = title
    self.horizontal = horizontal
    panels = [Panel(title: panel, curves: curves, scale: 1, cutsOutliers: false)]
  }

  private static let left = 76.0
  private static let right = 928.0
  private static let panelHeight = 230.0

  /// Names beside a curve's colour, so many a line.
  private static let legendColumns = 3

  /// A self-contained SVG document, 960 wide. Equal runs give equal text.
  public func svg() -> String {
    let curves = panels.first?.curves ?? []
    let legendLines = (curves.count + Self.legendColumns - 1) / Self.legendColumns
    let first = 80 + Double(legendLines) * 22
    let height = first + Double(max(panels.count, 1)) * (Self.panelHeight + 56) + 24
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 \(Drawing.number(height))\" width=\"960\""
        + " height=\"\(Drawing.number(height))\" role=\"img\""
        + " font-family=\"system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif\">",
      "<title>\(Drawing.escaped(title))</title>",
      "<rect width=\"960\" height=\"\(Drawing.number(height))\" fill=\"\(Palette.paper)\"/>",
      Drawing.text(title, x: Self.left, y: 42, size: 22, fill: Palette.ink, bold: true),
    ]
    parts += legend(curves)
    for (number, panel) in panels.enumerated() {
      let top = first + 24 + Double(number) * (Self.panelHeight + 56)
      parts += draw(panel, number: number, top: top)
    }
    if panels.isEmpty { parts.append(Drawing.text("no epoch has ended yet", x: Self.left, y: 90, fill: Palette.quiet)) }
    return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func legend(_ curves: [RunCurve]) -> [String] {
    let width = (Self.right - Self.left) / Double(Self.legendColumns)
    return curves.enumerated().flatMap { number, curve in
      let name = curve.isEmpty ? "\(curve.name) (no values)" : curve.name
      let start = Point(
        x: Self.left + Double(number % Self.legendColumns) * width,
        y: 70 + Double(number / Self.legendColumns) * 22)
      let colour = Palette.runs[number % Palette.runs.count]
      let shown = name.count > 34 ? name.prefix(33) + "…" : name
      return [
        Drawing.path([start, Point(x: start.x + 26, y: start.y)], stroke: colour, width: 2.5),
        Drawing.text(shown, x: start.x + 34, y: start.y + 4.5, fill: Palette.ink),
      ]
    }
  }

  private func draw(_ panel: Panel, number: Int, top: Double) -> [String] {
    let points = panel.curves.flatMap(\.points).map { Point(x: $0.x, y: $0.y * panel.scale) }
    let ends = panel.curves.compactMap { Series.usualMaximum(of: $0.points) }.sorted()
    let highest = points.map(\.y).max() ?? 1
    let usual = ends.isEmpty ? highest : min(ends[ends.count - 1], 3 * ends[ends.count / 2])
    let greatest = panel.cutsOutliers ? usual : highest
    let frame = ChartPanel(
      left: Self.left, right: Self.right, top: top, bottom: top + Self.panelHeight,
      horizontal: Axis(1...max(points.map(\.x).max() ?? 1, 2), count: 10, wholeTicks: false, smallestStep: 1),
      vertical: Axis(min(points.map(\.y).min() ?? 0, greatest)...greatest, count: 5, wholeTicks: true),
      title: panel.title, id: "panel\(number)")
    let drawn = panel.curves.enumerated().flatMap { number, curve in
      let scaled = curve.points.map { Point(x: $0.x, y: $0.y * panel.scale) }
      let colour = Palette.runs[number % Palette.runs.count]
      return frame.curve(scaled, stroke: colour, width: 2.25)
        + (scaled.count > 60 ? [] : frame.dots(scaled, stroke: colour))
    }
    return frame.frame(labelled: number == panels.count - 1 ? horizontal : nil) + frame.clipped(drawn)
  }
}

extension Palette {
  /// For curves side by side; of the same palette, darkest first.
  static let runs = ["#0072b2", "#d55e00", "#007a5a", "#a6498c", "#1f2328", "#b08a00", "#4aa3df", "#8c959f"]
}
