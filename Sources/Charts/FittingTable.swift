import DurableFiles

/// A table that fits into lines of some length: columns that matter less give way, and a name that is too long for its column
/// stands on a line of its own.
public struct FittingTable: Sendable {
  private struct Column {
    let title: String
    let isNumeric: Bool
    let rank: Int
    let cells: [String]
  }

  private let title: String
  private let names: [String]
  private var columns: [Column] = []

  /// - Parameters:
  ///   - title: of the first column.
  ///   - names: its cells, one a row.
  public init(_ title: String, names: [String]) {
    self.title = title
    self.names = names
  }

  /// A column of numbers, or of text.
  /// - Parameters:
  ///   - rank: 0 for one that is always shown; of the others, the greatest gives way first.
  ///   - cells: one a row.
  public mutating func add(_ title: String, isNumeric: Bool = true, rank: Int, _ cells: [String]) {
    columns.append(Column(title: title, isNumeric: isNumeric, rank: rank, cells: cells))
  }

  /// The table in lines of at most so many characters, as far as that is possible, and the titles of the columns that gave
  /// way.
  public func text(columns width: Int) -> (text: String, leftOut: [String]) {
    var shown = columns
    while true {
      let table = table(shown, nameWidth: max(width / 4, 12))
      guard table.width > width, let least = shown.map(\.rank).max(), least > 0,
        let last = shown.lastIndex(where: { $0.rank == least })
      else {
        let left = columns.map(\.title).filter { title in !shown.contains { $0.title == title } }
        return (table.text, left)
      }
      shown.remove(at: last)
    }
  }

  private func table(_ shown: [Column], nameWidth: Int) -> Table {
    var table = Table([.left(title)] + shown.map { $0.isNumeric ? .right($0.title) : .left($0.title) })
    for (row, name) in names.enumerated() {
      let isLong = printable(name).count > nameWidth
      if isLong { table.append(line: name) }
      table.append([isLong ? "" : name] + shown.map { row < $0.cells.count ? $0.cells[row] : "" })
    }
    return table
  }
}
