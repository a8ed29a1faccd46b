import Kernels
package import Tensors

/// What may be done to a step's gradient before the optimizer sees it.
package enum Gradient {
  /// Scales all of it down to a norm, as `torch.nn.utils.clip_grad_norm_` with its default settings.
  package static func clip(_ gradient: Values<Float>, to norm: Double) {
    let factor = norm / (squaredNorm(gradient).squareRoot() + 1e-6)
    if factor < 1 { scale(gradient, by: Float(factor)) }
  }
}
