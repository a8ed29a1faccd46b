import Charts
import Testing

@Suite struct FittingTableTests {
  private func table() -> FittingTable {
    var table = FittingTable("name", names: ["0.weight", "a.very.long.name.of.some.tensor.weight"])
    table.add("always", rank: 0, ["1", "2"])
    table.add("first to go", rank: 9, ["1,000", "2,000"])
    table.add("then", isNumeric: false, rank: 1, ["x", "y"])
    return table
  }

  @Test func whatMattersLessGivesWay() {
    let wide = table().text(columns: 200)
    #expect(wide.leftOut == [] && wide.text.contains("first to go") && wide.text.contains("2,000"))
    let narrow = table().text(columns: 32)
    #expect(narrow.leftOut == ["first to go"] && narrow.text.contains("then") && narrow.text.contains("always"))
    #expect(table().text(columns: 10).leftOut == ["first to go", "then"])
  }

  @Test func aLongNameStandsOnALineOfItsOwn() {
    let lines = table().text(columns: 40).text.split(separator: "\n")
    #expect(lines.contains("a.very.long.name.of.some.tensor.weight"))
    #expect(lines.last?.hasPrefix(" ") == true)
    #expect(lines.filter { !$0.hasPrefix("a.very") }.allSatisfy { $0.count <= 40 })
    #expect(table().text(columns: 200).text.contains("a.very.long.name.of.some.tensor.weight       2"))
  }

  @Test func barsAreAsHighAsTheirShare() {
    #expect(bars([0, 1, 4, 8, 0]) == " ▁▄█ ")
    // What is there can be seen.
    #expect(bars([1, 1_000_000]) == "▁█" && bars([0, 0]) == "" && bars([]) == "")
  }
}
