public import Configuration
import Kernels
public import Tensors

/// Reads an image as a sequence of its columns: row y of channel c becomes channel c * H + y, as
/// `torch.nn.Flatten(1, 2)` does.
///
/// Shapes: C x H x W to (C * H) x 1 x W. Gradient: the output's, each value where it came from. Values are copied, because
/// channels lie further apart in memory than rows.
public struct Rows: Layer {
  public static let keyword = "rows"
  public static let summary = "Reads an image as a sequence: every row of every channel becomes a channel."

  public init() {}
  public init(reading fields: inout Fields) throws(ConfigurationError) {}

  public var settings: KeyValuePairs<String, JSON?> { [:] }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape {
    try Windows.requireImage(input, for: Self.keyword)
    return Shape(channels: input.channels.times(input.height), height: 1, width: input.width)
  }

  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? {
    input.isSequence ? nil : RowsOperation()
  }
}

struct RowsOperation: PackOperation {
  var needs: OperationNeeds { OperationNeeds() }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    pass.team.run(pass.input.channels) { channel, _ in
      copyRows(channel: channel, of: pass.input, into: pass.output)
    }
  }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    guard let inputGradient = pass.inputGradient else { return }
    pass.team.run(inputGradient.channels) { channel, _ in
      copyRows(channel: channel, ofSequence: pass.outputGradient, into: inputGradient)
    }
  }
}
