/// Curves in plain characters: each run has a mark of its own, so that no colour is needed.
public struct TerminalChart: Sendable {
  public static let marks: [Character] = ["●", "▲", "■", "◆", "○", "△", "□", "◇"]

  private let curves: [RunCurve]
  private let width: Int
  private let height: Int
  private let scale: Double
  private let cutsOutliers: Bool
  private let horizontal: String

  /// - Parameters:
  ///   - width: columns for the curves, without the axis.
  ///   - height: lines for them.
  public init(_ curves: [RunCurve], metric: ComparedMetric, width: Int = 66, height: Int = 14) {
    self.init(curves, width: width, height: height, scale: metric.rises ? 100 : 1, cutsOutliers: !metric.rises, "epoch")
  }

  /// Any curves, over what `horizontal` says.
  public init(_ curves: [RunCurve], horizontal: String, width: Int = 66, height: Int = 12) {
    self.init(curves, width: width, height: height, scale: 1, cutsOutliers: false, horizontal)
  }

  private init(
    _ curves: [RunCurve], width: Int, height: Int, scale: Double, cutsOutliers: Bool, _ horizontal: String
  ) {
    self.curves = curves
    self.width = max(width, 8)
    self.height = max(height, 3)
    self.scale = scale
    self.cutsOutliers = cutsOutliers
    self.horizontal = horizontal
  }

  /// A character of the chart and the run that it belongs to.
  private struct Cell {
    var mark: Character = " "
    var run: Int?
  }

  /// - Parameter paint: what a mark looks like for the run of this number.
  public func text(paint: (_ mark: Character, _ run: Int) -> String = { mark, _ in String(mark) }) -> String {
    let points = curves.flatMap(\.points)
    guard let least = points.map(\.y).min() else { return "no epoch has ended yet" }
    let ends = curves.compactMap { Series.usualMaximum(of: $0.points) }.sorted()
    let usual = cutsOutliers ? min(ends[ends.count - 1], 3 * ends[ends.count / 2]) : points.map(\.y).max() ?? 1
    let axis = Axis(least * scale...max(usual, least) * scale, count: 4, wholeTicks: true)
    let lastEpoch = max(points.map(\.x).max() ?? 1, 2)
    let cells = plot(axis, lastEpoch: lastEpoch)
    let rows = tickRows(axis)
    let margin = rows.values.map(\.count).max() ?? 0
    var lines = cells.enumerated().map { row, line in
      let label = rows[row] ?? ""
      let padded = String(repeating: " ", count: margin - label.count) + label
      let body = line.map { cell in cell.run.map { paint(cell.mark, $0) } ?? String(cell.mark) }.joined()
      return "\(padded) \(rows[row] == nil ? "│" : "┤")\(body)"
    }
    let indent = String(repeating: " ", count: margin + 1)
    lines.append("\(indent)└\(String(repeating: "─", count: width))")
    let last = "\(Int(lastEpoch))"
    lines.append("\(indent) 1\(String(repeating: " ", count: max(width - 1 - last.count, 1)))\(last)  \(horizontal)")
    return lines.joined(separator: "\n")
  }

  /// Later runs do not cover the marks of earlier ones.
  private func plot(_ axis: Axis, lastEpoch: Double) -> [[Cell]] {
    var cells = [[Cell]](repeating: [Cell](repeating: Cell(), count: width), count: height)
    for (number, curve) in curves.enumerated() {
      let mark = Self.marks[number % Self.marks.count]
      for point in curve.points {
        let column = Int(((point.x - 1) / (lastEpoch - 1) * Double(width - 1)).rounded())
        let row = row(of: point.y * scale, axis)
        guard (0..<height).contains(row), cells[row][column].run == nil else { continue }
        cells[row][column] = Cell(mark: mark, run: number)
      }
    }
    return cells
  }

  private func row(of value: Double, _ axis: Axis) -> Int {
    let range = axis.range
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    // What is above the chart is shown at its edge: that a run is there must not be hidden.
    return Int(((1 - min(share, 1)) * Double(height - 1)).rounded())
  }

  private func tickRows(_ axis: Axis) -> [Int: String] {
    Dictionary(axis.ticks.map { (row(of: $0, axis), axis.label($0)) }, uniquingKeysWith: { first, _ in first })
  }
}
