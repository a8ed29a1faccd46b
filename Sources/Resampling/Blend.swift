/// Two images laid over each other: (share * first + (1 - share) * second), rounded (halves up), byte by byte.
///
/// - Parameters:
///   - share: of the first, 0...1; it counts in steps of 1/65,536.
///   - second: as many bytes as `first`.
public func blended(_ first: Span<UInt8>, _ second: Span<UInt8>, share: Double) -> [UInt8] {
  precondition(first.count == second.count && (0...1).contains(share), "images of one size, and a share")
  let whole: UInt32 = 1 << 16
  let one = UInt32((share * Double(whole)).rounded())
  let other = whole - one
  var result = [UInt8](repeating: 0, count: first.count)
  var target = result.mutableSpan
  for index in first.indices {
    let sum = UInt32(first[index]) &* one &+ UInt32(second[index]) &* other &+ whole / 2
    target[index] = UInt8(truncatingIfNeeded: sum &>> 16)
  }
  return result
}
