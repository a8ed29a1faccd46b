public import Configuration
import Kernels
public import Tensors

/// The mean of each window of a sequence, as `torch.nn.AvgPool1d` without padding.
///
/// Shapes: C x 1 x L to C x 1 x ((L - kernel) / stride + 1), rounded down; what no window reaches is left out.
/// Gradient: a window's, divided by the kernel, goes to each of its values.
public struct AvgPool1d: Layer {
  public static let keyword = "avgPool1d"
  public static let summary = "Average pooling of a sequence: the mean of each window."

  public let kernel: Int
  public let stride: Int

  public init(kernel: Int, stride: Int? = nil) {
    self.kernel = kernel
    self.stride = stride ?? kernel
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    kernel = try fields.integer("kernel", in: 1...65536, "Length of the window.")
    stride = try fields.integer(
      "stride", in: 1...65536, default: kernel, "Steps of the window; as large as the kernel if not given.")
  }

  public var settings: KeyValuePairs<String, JSON?> { ["kernel": .whole(kernel), "stride": .whole(stride)] }

  public var window: LayerWindow? { sliding }
  private var sliding: LayerWindow { LayerWindow(length: kernel, stride: stride) }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape {
    try sliding.pool(sequence: input, for: Self.keyword, insteadOf: AvgPool2d.keyword)
  }

  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? {
    AverageOperation(geometry: sliding.pooling)
  }
}
