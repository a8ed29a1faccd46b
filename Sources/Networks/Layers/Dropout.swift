public import Configuration
import Kernels
public import Tensors

/// Dropout, as `torch.nn.Dropout`: in training each value becomes 0 with probability `rate`, and the others are
/// multiplied by 1 / (1 - rate); in inference all pass unchanged.
///
/// Shapes: any, unchanged. Gradient: the output's, through the same values and by the same factor. What falls out is a
/// pure function of seed, step, layer, image and place (`rate` to 16 bits), so that an interrupted run goes on exactly.
///
/// Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout: a simple way to prevent neural networks from
/// overfitting", JMLR 2014.
public struct Dropout: Layer {
  public static let keyword = "dropout"
  public static let summary = "Dropout: in training, sets a random share of the values to zero."

  public let rate: Double

  public init(rate: Double) {
    self.rate = rate
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    rate = try fields.number("rate", in: 0...0.99, default: 0.5, "Share of the values that fall out.")
  }

  public var settings: KeyValuePairs<String, JSON?> { ["rate": .number(rate)] }

  public var frozen: any Layer { FrozenDropout(self) }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape { input }

  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? {
    DroppingOperation(values: input.count, layer: context.layer, dropping: Dropping(rate: rate))
  }
}

struct DroppingOperation: Operation {
  /// In an image.
  let values: Int
  let layer: Int
  let dropping: Dropping

  var needs: OperationNeeds {
    var needs = OperationNeeds()
    needs.kept = values
    return needs
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    pass.team.run(pass.input.channels) { channel, _ in copy(channel: channel, pass.input, into: pass.output) }
  }

  func forward<Scalar: LaneScalar>(_ batch: BatchPass<Scalar>) {
    let random = CounterRandom(seed: batch.draw.seed, stream: RandomStream.dropout + UInt64(layer))
    batch.forEach(batch.packs[0].input.channels) { pack, channel in
      let pass = batch.packs[pack]
      let draw = UInt64(batch.draw.step) << 16 | UInt64(batch.draw.firstPack + pack)
      dropping.draw(channel: channel, of: pass.input, random: random, draw: draw, into: pass.kept)
      dropping.apply(channel: channel, pass.input, kept: pass.kept, into: pass.output)
    }
  }

  func backward<Scalar: LaneScalar>(_ batch: BatchPass<Scalar>) {
    batch.forEach(batch.packs[0].input.channels) { pack, channel in
      let pass = batch.packs[pack]
      guard let inputGradient = pass.inputGradient else { return }
      dropping.apply(channel: channel, pass.outputGradient, kept: pass.kept, into: inputGradient)
    }
  }
}
