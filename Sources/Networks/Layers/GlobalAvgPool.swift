public import Configuration
import Kernels
public import Tensors

/// The mean of each channel, as `torch.nn.AdaptiveAvgPool2d(1)` and `torch.nn.Flatten` behind it.
///
/// Shapes: C x H x W to a list of C values, as a linear layer reads it. Gradient: a channel's, divided by H W, goes to
/// each of its values.
///
/// Lin, Chen, Yan, "Network in network", ICLR 2014, section 3.2.
public struct GlobalAvgPool: Layer {
  public static let keyword = "globalAvgPool"
  public static let summary = "Global average pooling: a list with the mean of each channel."

  public init() {}
  public init(reading fields: inout Fields) throws(ConfigurationError) {}

  public var settings: KeyValuePairs<String, JSON?> { [:] }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape {
    try Windows.requireImage(input, for: Self.keyword)
    return Shape(flat: input.channels)
  }

  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? {
    let whole = (input.height, input.width)
    return AverageOperation(geometry: PoolingGeometry(kernel: whole, stride: whole))
  }
}
