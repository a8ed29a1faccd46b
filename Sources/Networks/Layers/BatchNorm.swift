public import Configuration
import Kernels
public import Tensors

/// Batch normalization, as `torch.nn.BatchNorm2d` (of a list of values, `BatchNorm1d`) computes it:
///
///     xhat = (x - mean) / sqrt(variance + eps)      output = weight * xhat + bias
///
/// with mean and variance of each channel over all pixels of all images of the batch. For inference they are running
/// means of those: running = (1 - momentum) * running + momentum * batch, the variance with n - 1 for n.
///
/// Shapes: any, unchanged. Gradients, over the n values of a channel:
///
///     dbias = sum of dy       dweight = sum of dy xhat
///     dx = weight / (n sqrt(variance + eps)) * (n dy - dbias - xhat dweight)
///
/// Ioffe, Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate shift",
/// ICML 2015.
public struct BatchNorm: Layer {
  public static let keyword = "batchNorm"
  public static let summary =
    "Batch normalization: gives every channel mean 0 and variance 1 over the batch, then a trained scale and shift."

  public let momentum: Double
  public let eps: Double

  public init(momentum: Double = 0.1, eps: Double = 1e-5) {
    self.momentum = momentum
    self.eps = eps
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    momentum = try fields.number("momentum", in: 0...1, default: 0.1, "Share of a batch in the running statistics.")
    eps = try fields.number("eps", in: 1e-12...1, default: 1e-5, "Added to the variance, so that it can divide.")
  }

  public var settings: KeyValuePairs<String, JSON?> { ["momentum": .number(momentum), "eps": .number(eps)] }

  public var frozen: any Layer { FrozenBatchNorm(self) }

  public func output(for input: Shape) throws(ShapeMismatch) -> Shape { input }

  public func parameters(for input: Shape) -> [ParameterShape] {
    [
      ParameterShape("weight", [input.channels], .constant(1), kind: .normalization),
      ParameterShape("bias", [input.channels], .constant(0), kind: .normalization),
    ]
  }

  public func statistics(for input: Shape) -> [ParameterShape] {
    [
      ParameterShape("running_mean", [input.channels], .constant(0)),
      ParameterShape("running_var", [input.channels], .constant(1)),
    ]
  }

  public func operation(for input: Shape, context: OperationContext) -> (any Operation)? {
    NormalizationOperation(
      geometry: NormalizationGeometry(features: input.channels, isFlat: input.isFlat), momentum: momentum, eps: eps)
  }
}

struct NormalizationOperation: Operation {
  let geometry: NormalizationGeometry
  let momentum: Double
  let eps: Double

  var couplesImages: Bool { true }

  /// Two numbers in double precision for each feature: what is prepared are the mean and 1 / the deviation of the batch,
  /// the partials are sums.
  var needs: OperationNeeds {
    var needs = OperationNeeds()
    needs.prepared = geometry.features.times(4)
    needs.partials = geometry.features.times(4)
    needs.fusesRectifier = true
    needs.masksInputGradient = true
    needs.overwritesInput = true
    return needs
  }

  /// Inference, by the running statistics.
  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    pass.team.run(geometry.features) { feature, _ in
      let variance = Double(pass.statistics[1][feature])
      normalize(
        feature, pass, mean: Double(pass.statistics[0][feature]), inverseDeviation: 1 / (variance + eps).squareRoot())
    }
  }

  func forward<Scalar: LaneScalar>(_ batch: BatchPass<Scalar>) {
    batch.forEach(geometry.features) { pack, feature in
      let pass = batch.packs[pack]
      let moments = geometry.moments(feature, pass.input, images: batch.images(in: pack))
      pass.partials.set(pair: feature, moments.mean, moments.squares)
    }
    for feature in 0..<geometry.features { settle(feature, batch) }
    batch.forEach(geometry.features) { pack, feature in
      let pass = batch.packs[pack]
      let (mean, inverseDeviation) = pass.prepared.pair(feature)
      normalize(feature, pass, mean: mean, inverseDeviation: inverseDeviation)
    }
  }

  /// Makes one mean and variance of the packs' (Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for
  /// computing sample variances", 1979), and moves the running ones.
  private func settle<Scalar: LaneScalar>(_ feature: Int, _ batch: BatchPass<Scalar>) {
    var (count, mean, squares) = (0.0, 0.0, 0.0)
    for (pack, pass) in batch.packs.enumerated() {
      let values = Double(batch.images(in: pack) * geometry.pixels(of: pass.input))
      let (packMean, packSquares) = pass.partials.pair(feature)
      let distance = packMean - mean
      count += values
      mean += distance * values / count
      squares += packSquares + distance * distance * values * (count - values) / count
    }
    let first = batch.packs[0]
    first.prepared.set(pair: feature, mean, 1 / (squares / count + eps).squareRoot())
    let (runningMean, runningVariance) = (first.statistics[0], first.statistics[1])
    runningMean[feature] = Scalar((1 - momentum) * Double(runningMean[feature]) + momentum * mean)
    runningVariance[feature] = Scalar(
      (1 - momentum) * Double(runningVariance[feature]) + momentum * squares / max(count - 1, 1))
  }

  private func normalize<Scalar: LaneScalar>(
    _ feature: Int, _ pass: Pass<Scalar>, mean: Double, inverseDeviation: Double
  ) {
    let constants = constants(feature, pass, mean: mean, inverseDeviation: inverseDeviation)
    geometry.normalize(
      feature, pass.input, mean: constants.mean, scale: constants.scale, shift: constants.shift,
      rectifies: pass.rectifiesOutput, into: pass.output)
  }

  /// What the mean loses when it is rounded is put into the shift.
  private func constants<Scalar: LaneScalar>(
    _ feature: Int, _ pass: Pass<Scalar>, mean: Double, inverseDeviation: Double
  ) -> (mean: Scalar, scale: Scalar, shift: Scalar) {
    let center = Scalar(mean)
    let scale = Double(pass.parameters[0][feature]) * inverseDeviation
    let shift = Double(pass.parameters[1][feature]) - (mean - Double(center)) * scale
    return (center, Scalar(scale), Scalar(shift))
  }

  /// Puts the constants of inference where an epilogue reads them: means, scales and shifts in `pass.prepared`.
  func prepareEpilogue<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    for feature in 0..<geometry.features {
      let inverseDeviation = 1 / (Double(pass.statistics[1][feature]) + eps).squareRoot()
      let constants = constants(
        feature, pass, mean: Double(pass.statistics[0][feature]), inverseDeviation: inverseDeviation)
      pass.prepared[feature] = constants.mean
      pass.prepared[geometry.features + feature] = constants.scale
      pass.prepared[2 * geometry.features + feature] = constants.shift
    }
  }

  func backward<Scalar: LaneScalar>(_ batch: BatchPass<Scalar>) {
    batch.forEach(geometry.features) { pack, feature in
      let pass = batch.packs[pack]
      let mean = pass.prepared.pair(feature).0
      let center = Scalar(mean)
      let sums = geometry.gradientSums(feature, pass.input, gradient: pass.outputGradient, center: center)
      pass.partials.set(
        pair: feature, sums.gradients, sums.products - (mean - Double(center)) * sums.gradients)
    }
    for gradient in batch.packs.dropFirst().flatMap(\.gradients) { gradient.fill(0) }
    for feature in 0..<geometry.features {
      let sums = batch.packs.reduce((gradients: 0.0, products: 0.0)) { sums, pass in
        let (gradients, products) = pass.partials.pair(feature)
        return (sums.gradients + gradients, sums.products + products)
      }
      let first = batch.packs[0]
      first.gradients[0][feature] = Scalar(sums.products * first.prepared.pair(feature).1)
      first.gradients[1][feature] = Scalar(sums.gradients)
      // The first pack's own sums have been read: the batch's take their place.
      first.partials.set(pair: feature, sums.gradients, sums.products)
    }
    batch.forEach(geometry.features) { pack, feature in inputGradient(feature, pack, batch) }
  }

  /// dx = slope dy + pull x + offset: the formula above, sorted by what changes from pixel to pixel.
  private func inputGradient<Scalar: LaneScalar>(_ feature: Int, _ pack: Int, _ batch: BatchPass<Scalar>) {
    let (pass, first) = (batch.packs[pack], batch.packs[0])
    guard let inputGradient = pass.inputGradient else { return }
    let count = Double(batch.draw.images * geometry.pixels(of: pass.input))
    let (mean, inverseDeviation) = first.prepared.pair(feature)
    let (gradients, products) = first.partials.pair(feature)
    let slope = Double(first.parameters[0][feature]) * inverseDeviation
    let pull = -slope * inverseDeviation * inverseDeviation * products / count
    geometry.inputGradient(
      feature, pass.input, gradient: pass.outputGradient, slope: slope, pull: pull,
      offset: -slope * gradients / count - pull * mean, images: batch.images(in: pack),
      rectified: pass.inputIsRectified, into: inputGradient)
  }
}

/// Numbers in double precision within memory of either one: each is the sum of what a scalar holds of it and of the rest.
extension Values where Element: LaneScalar {
  fileprivate func set(pair index: Int, _ first: Double, _ second: Double) {
    for (place, number) in [(4 * index, first), (4 * index + 2, second)] {
      self[place] = Element(number)
      self[place + 1] = Element(number - Double(self[place]))
    }
  }

  fileprivate func pair(_ index: Int) -> (Double, Double) {
    (
      Double(self[4 * index]) + Double(self[4 * index + 1]), Double(self[4 * index + 2]) + Double(self[4 * index + 3])
    )
  }
}
