public import Tensors

/// total += term, value by value.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func add<Scalar: LaneScalar>(_ term: Values<Scalar>, to total: Values<Scalar>) {
  precondition(term.count == total.count)
  for index in 0..<total.count { total.pointer[index] += term.pointer[index] }
}

/// One step of stochastic gradient descent with momentum and weight decay, as `torch.optim.SGD` defines it:
///
///     g = gradient + weightDecay * parameter
///     velocity = momentum * velocity + g        (g itself in the first step)
///     parameter = parameter - learningRate * velocity
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func descend<Scalar: LaneScalar>(
  _ parameters: Values<Scalar>, gradient: Values<Scalar>, velocity: Values<Scalar>,
  learningRate: Scalar, momentum: Scalar, weightDecay: Scalar
) {
  precondition(parameters.count == gradient.count && velocity.count == gradient.count)
  for index in 0..<parameters.count {
    let slope = gradient.pointer[index] + weightDecay * parameters.pointer[index]
    let speed = momentum * velocity.pointer[index] + slope
    velocity.pointer[index] = speed
    parameters.pointer[index] -= learningRate * speed
  }
}
