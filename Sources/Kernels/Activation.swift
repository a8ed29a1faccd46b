public import Tensors

/// output = max(input, 0), for one channel; the two may be the same memory. NaN stays NaN.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func rectify<Scalar: LaneScalar>(channel: Int, _ input: PackView<Scalar>, into output: PackView<Scalar>) {
  for y in 0..<output.height {
    let source = input.at(channel, y, 0)
    let target = output.at(channel, y, 0)
    for x in 0..<output.width { target[x] = rectified(source[x]) }
  }
}

/// inputGradient = gradient where the activation is positive, else 0, for one channel; the gradients may
/// be the same memory.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func rectifierGradient<Scalar: LaneScalar>(
  channel: Int, activation: PackView<Scalar>, _ gradient: PackView<Scalar>, into inputGradient: PackView<Scalar>
) {
  let zero = Lanes<Scalar>(repeating: 0)
  for y in 0..<gradient.height {
    let mask = activation.at(channel, y, 0)
    let source = gradient.at(channel, y, 0)
    let target = inputGradient.at(channel, y, 0)
    for x in 0..<gradient.width {
      target[x] = Scalar.select(source[x], whereGreater: mask[x], than: zero, else: zero)
    }
  }
}
