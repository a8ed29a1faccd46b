public import Configuration
import Kernels
public import Tensors

/// The greatest value of each window of a sequence, as `torch.nn.MaxPool1d` without padding.
///
/// Shapes: C x 1 x L to C x 1 x ((L - kernel) / stride + 1), rounded down; what no window reaches is left out.
/// Gradient: a window's goes to its greatest value, the first of equal ones.
public struct MaxPool1d: Layer {
  public static let keyword = "maxPool1d"
  public static let summary = "Max pooling of a sequence: keeps the greatest value of each window."

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
    try sliding.pool(sequence: input, for: Self.keyword, insteadOf: MaxPool2d.keyword)
  }

  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? {
    MaximumOperation(geometry: sliding.pooling)
  }
}
