import DurableFiles
import Foundation

/// A text table for a terminal or a log: columns aligned left or right, a rule under the header,
/// and the totals under a second rule. It holds text only, so it looks the same piped into a file.
///
///     var table = Table([.left("layer"), .right("parameters")])
///     table.append(["conv2d", 2440.grouped])
///     table.total(["total", 89551.grouped])
///     print(table.text)
public struct Table: Sendable {
  public struct Column: Sendable {
    enum Alignment: Sendable { case left, right }

    let title: String
    let alignment: Alignment

    public static func left(_ title: String) -> Column { Column(title: printable(title), alignment: .left) }
    public static func right(_ title: String) -> Column { Column(title: printable(title), alignment: .right) }
  }

  private let columns: [Column]
  private var rows: [[String]] = []
  /// Lines of their own, above the row of that number.
  private var lines: [Int: String] = [:]
  private var totals: [[String]] = []

  public init(_ columns: [Column]) {
    self.columns = columns
  }

  /// A row of cells, one for each column; missing cells are blank. Names from outside may hold anything: each cell stays
  /// on its line and steers no terminal.
  public mutating func append(_ cells: [String]) {
    rows.append(cells.map { printable($0) })
  }

  /// A line of its own above the row that comes next: a name that is too long for its column.
  public mutating func append(line: String) { lines[rows.count] = printable(line) }

  /// The characters that the longest row takes.
  public var width: Int { widths.reduce(0, +) + Self.gap.count * max(widths.count - 1, 0) }

  /// A row below the second rule.
  public mutating func total(_ cells: [String]) {
    totals.append(cells)
  }

  /// The lines of the table, joined by newlines, without one at the end.
  public var text: String {
    let (titles, widths) = (columns.map(\.title), widths)
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: Self.gap)
    var lines = [line(titles, widths), rule]
    for (number, row) in rows.enumerated() { lines += [self.lines[number], line(row, widths)].compactMap { $0 } }
    if !totals.isEmpty {
      lines += [rule] + totals.map { line($0, widths) }
    }
    return lines.joined(separator: "\n")
  }

  private static let gap = "  "

  private var widths: [Int] {
    columns.indices.map { column in
      ([columns.map(\.title)] + rows + totals).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    let padded = zip(columns, widths).enumerated().map { index, layout in
      let cell = index < cells.count ? cells[index] : ""
      let blank = String(repeating: " ", count: layout.1 - cell.count)
      return layout.0.alignment == .left ? cell + blank : blank + cell
    }
    var text = padded.joined(separator: Self.gap)
    while text.utf8.last == UInt8(ascii: " ") { text.removeLast() }
    return text
  }
}

extension BinaryInteger {
  /// The number in groups of three digits: 89551 is "89,551".
  public var grouped: String {
    let digits = String(magnitude)
    let groups = stride(from: digits.count, to: 0, by: -3).map { end in
      digits.prefix(end).suffix(3)
    }
    return (self < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
  }
}

/// A number with exactly so many decimals: `fixed(0.5, 3)` is "0.500".
public func fixed(_ value: Double, _ places: Int) -> String {
  String(format: "%.\(places)f", value)
}
