/// Arithmetic on sizes that come from a job file: a product or a sum that no `Int` can hold is the greatest `Int`, which
/// no limit allows. A plan can therefore compute first and compare afterwards, and never traps. Sizes are not negative.
extension Int {
  /// The product of two sizes.
  @inlinable
  public func times(_ other: Int) -> Int {
    let (product, overflows) = multipliedReportingOverflow(by: other)
    return overflows ? .max : product
  }

  /// The sum of two sizes.
  @inlinable
  public func plus(_ other: Int) -> Int {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }
}
