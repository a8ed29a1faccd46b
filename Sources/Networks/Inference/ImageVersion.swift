import Kernels
import Tensors
import Workers

/// An operation that can compute a single image alone, with all lanes busy.
///
/// A convolution by another algorithm, Winograd's for instance, gets its image version here: a case of
/// `ConvolutionOperation.imageVersion`, and kernels that put sixteen tiles into the lanes. Until it has one, the layer falls
/// back to a pack.
protocol ImageOperation: Operation {
  /// What computes it by the same sums as `forward`, with the same bits; nil if only packs can.
  /// - Parameters:
  ///   - input, output: as they lie in memory.
  ///   - pools: a max pooling of 2 x 2 is part of the epilogue.
  func imageVersion(of input: Shape, output: Shape, pools: Bool) -> (any ImageVersion)?
}

/// A layer's computation for one image, bound to its shapes. As an operation it holds geometry only.
protocol ImageVersion: Sendable {
  var needs: ImageNeeds { get }

  /// To be called when parameters or statistics have changed, and when the memory is new.
  func prepare(_ pass: ImagePass)

  /// Inference: computes `pass.output` from `pass.input`.
  func forward(_ pass: ImagePass)
}

extension ImageVersion {
  func prepare(_ pass: ImagePass) {}
}

/// Memory that a layer needs for one image besides its tensors.
struct ImageNeeds: Sendable {
  /// Zeros that it reads around its input, and writes around its output.
  var inputFrame = ImageLayout.Frame()
  var outputFrame = ImageLayout.Frame()
  /// Vectors made by `prepare`.
  var prepared = 0
  /// Integers made by `prepare`.
  var places = 0
  /// Vectors for each worker within one call.
  var scratch = 0
  /// Scalars that a team sums up.
  var partials = 0
}

/// Everything one layer touches for one image.
struct ImagePass: Sendable {
  /// What the layer has in common with packs: its team, parameters, statistics and what it prepared.
  let pack: Pass<Float>
  let input: ImageView
  let output: ImageView
  let epilogue: Epilogue<Float>
  let prepared: Values<Lanes<Float>>
  let places: Values<Int32>
  let scratch: [Values<Lanes<Float>>]
  let partials: Values<Float>
}
