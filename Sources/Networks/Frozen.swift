import Configuration
import Kernels
import Tensors

extension Network {
  /// The network as it is once it is trained, with a way back: its training pass computes what its inference does. Layers
  /// keep their places, parameters and statistics.
  public var frozen: Network { Network(layers.map { $0.layer.frozen }) }
}

/// Dropout in a trained network: nothing falls out any more.
struct FrozenDropout: Layer {
  static let keyword = Dropout.keyword
  static let summary = Dropout.summary
  private let dropout: Dropout

  init(_ dropout: Dropout) { self.dropout = dropout }
  init(reading fields: inout Fields) throws(ConfigurationError) { dropout = try Dropout(reading: &fields) }

  var settings: KeyValuePairs<String, JSON?> { dropout.settings }
  func output(for input: Shape) throws(ShapeMismatch) -> Shape { input }
  func operation(for input: Shape, context: OperationContext) -> (any Operation)? { nil }
}

/// Batch normalization in a trained network: a scale and a shift of each channel, by the running statistics.
///
///     output = weight (x - mean) / sqrt(variance + eps) + bias      dx = weight / sqrt(variance + eps) dy
struct FrozenBatchNorm: Layer {
  static let keyword = BatchNorm.keyword
  static let summary = BatchNorm.summary
  private let normalization: BatchNorm

  init(_ normalization: BatchNorm) { self.normalization = normalization }
  init(reading fields: inout Fields) throws(ConfigurationError) { normalization = try BatchNorm(reading: &fields) }

  var settings: KeyValuePairs<String, JSON?> { normalization.settings }
  func output(for input: Shape) throws(ShapeMismatch) -> Shape { input }
  func parameters(for input: Shape) -> [ParameterShape] { normalization.parameters(for: input) }
  func statistics(for input: Shape) -> [ParameterShape] { normalization.statistics(for: input) }

  func operation(for input: Shape, context: OperationContext) -> (any Operation)? {
    FrozenNormalization(
      NormalizationOperation(
        geometry: NormalizationGeometry(features: input.channels, isFlat: input.isFlat),
        momentum: normalization.momentum, eps: normalization.eps))
  }
}

struct FrozenNormalization: PackOperation {
  private let trained: NormalizationOperation

  init(_ trained: NormalizationOperation) { self.trained = trained }

  var needs: OperationNeeds {
    var needs = OperationNeeds()
    needs.fusesRectifier = true
    needs.masksInputGradient = true
    needs.overwritesInput = true
    return needs
  }

  func forward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) { trained.forward(pass) }

  func backward<Scalar: LaneScalar>(_ pass: Pass<Scalar>) {
    let geometry = trained.geometry
    pass.team.run(geometry.features) { feature, _ in
      let mean = Double(pass.statistics[0][feature])
      let inverseDeviation = 1 / (Double(pass.statistics[1][feature]) + trained.eps).squareRoot()
      let center = Scalar(mean)
      let sums = geometry.gradientSums(feature, pass.input, gradient: pass.outputGradient, center: center)
      pass.gradients[0][feature] = Scalar((sums.products - (mean - Double(center)) * sums.gradients) * inverseDeviation)
      pass.gradients[1][feature] = Scalar(sums.gradients)
      guard let inputGradient = pass.inputGradient else { return }
      geometry.inputGradient(
        feature, pass.input, gradient: pass.outputGradient,
        slope: Double(pass.parameters[0][feature]) * inverseDeviation, pull: 0, offset: 0, images: laneCount,
        rectified: pass.inputIsRectified, into: inputGradient)
    }
  }
}
