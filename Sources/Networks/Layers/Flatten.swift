public import Configuration
public import Tensors

/// Turns channels, rows and columns into one list of values, in that order, as `torch.nn.Flatten`.
///
/// Only the name of the shape changes: no value moves.
public struct Flatten: Layer {
  public static let keyword = "flatten"
  public static let summary = "Turns the image into a list of values, as a linear layer reads it."

  public init() {}
  public init(reading fields: inout Fields) throws(ConfigurationError) {}

  public var settings: KeyValuePairs<String, JSON?> { [:] }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape { input.flattened }
  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? { nil }
}
