public import Configuration
import Kernels
public import Tensors

/// The mean of each window, as `torch.nn.AvgPool2d` without padding.
///
/// Shapes: C x H x W to C x ((H - kh) / sh + 1) x ((W - kw) / sw + 1), rounded down; what no window reaches
/// is left out. Gradient: a window's, divided by kh kw, goes to each of its values.
public struct AvgPool2d: Layer {
  public static let keyword = "avgPool2d"
  public static let summary = "Average pooling: the mean of each window."

  public let kernel: Pair
  public let stride: Pair

  public init(kernel: Pair, stride: Pair? = nil) {
    self.kernel = kernel
    self.stride = stride ?? kernel
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    kernel = try fields.pair("kernel", in: 1...255, "Size of the window.")
    stride = try fields.pair(
      "stride", in: 1...255, default: kernel, "Steps of the window; as large as the kernel if not given.")
  }

  public var settings: KeyValuePairs<String, JSON?> { ["kernel": .pair(kernel), "stride": .pair(stride)] }

  public var window: LayerWindow? { sliding }
  private var sliding: LayerWindow { LayerWindow(kernel: kernel, stride: stride) }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape {
    try sliding.pool(image: input, for: Self.keyword)
  }

  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? {
    AverageOperation(geometry: sliding.pooling)
  }
}

struct AverageOperation: PackOperation {
  let geometry: PoolingGeometry

  var needs: OperationNeeds {
    var needs = OperationNeeds()
    needs.masksInputGradient = true
    needs.overwritesInput = geometry.windowsAreDisjoint
    return needs
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    pass.team.run(pass.output.channels) { channel, _ in
      geometry.average(channel: channel, pass.input, into: pass.output)
    }
  }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    guard let inputGradient = pass.inputGradient else { return }
    pass.team.run(pass.output.channels) { channel, _ in
      geometry.averageGradient(
        channel: channel, pass.input, pass.outputGradient, into: inputGradient, rectified: pass.inputIsRectified)
    }
  }
}
