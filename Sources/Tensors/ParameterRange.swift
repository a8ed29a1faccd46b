/// What a parameter is for, which decides what an optimizer may do to it.
public enum ParameterKind: Sendable, Hashable {
  /// Multiplied with the values that pass by.
  case weight
  /// Added to them.
  case bias
  /// The scale or the shift of a normalization.
  case normalization
}

/// Where one parameter lies in the memory of all parameters, and what it is.
public struct ParameterRange: Sendable, Hashable {
  /// As a checkpoint names it: `0.weight`.
  public let name: String
  public let kind: ParameterKind
  /// Of scalars. Between two ranges there may be some that belong to no parameter, and are zero.
  public let range: Range<Int>

  public init(name: String, kind: ParameterKind, range: Range<Int>) {
    self.name = name
    self.kind = kind
    self.range = range
  }
}
