/// The counts of a histogram as one line of blocks, the largest as high as a line: `▁▃█▅▁`. What is not zero can be seen,
/// and what is zero is a blank.
public func bars(_ counts: [Int]) -> String {
  guard let largest = counts.max(), largest > 0 else { return "" }
  let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  return String(
    counts.map { count in
      guard count > 0 else { return " " }
      let height = (Double(count) / Double(largest) * Double(blocks.count)).rounded(.up)
      return blocks[min(max(Int(height), 1), blocks.count) - 1]
    })
}
