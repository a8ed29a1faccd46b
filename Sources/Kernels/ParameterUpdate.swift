public import Tensors

/// total += term, value by value.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func add<Scalar: LaneScalar>(_ term: Values<Scalar>, to total: Values<Scalar>) {
  precondition(term.count == total.count)
  for index in 0..<total.count { total.pointer[index] += term.pointer[index] }
}

/// values *= factor.
public func scale(_ values: Values<Float>, by factor: Float) {
  for index in 0..<values.count { values.pointer[index] *= factor }
}

/// The sum of the squares, in double precision and in the order of the values.
public func squaredNorm(_ values: Values<Float>) -> Double {
  var sum = 0.0
  for index in 0..<values.count {
    let value = Double(values.pointer[index])
    sum += value * value
  }
  return sum
}

/// Whether every value is finite.
public func isFinite(_ values: Values<Float>) -> Bool {
  // Zero times a finite number is zero, and times any other it is NaN, which no sum loses.
  var sums = Lanes<Float>(repeating: 0)
  let whole = values.count / laneCount * laneCount
  let bytes = UnsafeRawPointer(values.pointer)
  for first in stride(from: 0, to: whole, by: laneCount) {
    let lanes = bytes.loadUnaligned(fromByteOffset: first * MemoryLayout<Float>.stride, as: Lanes<Float>.self)
    Float.addProduct(lanes, Lanes(repeating: 0), to: &sums)
  }
  return Float.laneSum(sums) == 0 && (whole..<values.count).allSatisfy { values.pointer[$0].isFinite }
}

/// One step of stochastic gradient descent, as `torch.optim.SGD` defines it:
///
///     g = gradient + weightDecay * parameter
///     velocity = momentum * velocity + g        (g itself in the first step)
///     parameter = parameter - rate * velocity, or with Nesterov's momentum rate * (g + momentum * velocity)
public struct MomentumStep<Scalar: LaneScalar> {
  public var rate: Scalar
  public var momentum: Scalar
  public var isNesterov: Bool
  public var weightDecay: Scalar

  public init(rate: Scalar, momentum: Scalar, isNesterov: Bool = false, weightDecay: Scalar) {
    self.rate = rate
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.weightDecay = weightDecay
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func apply(to parameters: Values<Scalar>, gradient: Values<Scalar>, velocity: Values<Scalar>) {
    precondition(parameters.count == gradient.count && velocity.count == gradient.count)
    for index in 0..<parameters.count {
      let slope = gradient.pointer[index] + weightDecay * parameters.pointer[index]
      let speed = momentum * velocity.pointer[index] + slope
      velocity.pointer[index] = speed
      parameters.pointer[index] -= rate * (isNesterov ? slope + momentum * speed : speed)
    }
  }
}

/// One step along g / (sqrt(squares) + eps), where `squares` is a running mean or the sum of g * g:
///
///     g = gradient + weightDecay * parameter
///     squares = keep * squares + take * g * g
///     velocity = momentum * velocity + g / (sqrt(squares) + eps)
///     parameter = parameter - rate * velocity
///
/// With keep = alpha and take = 1 - alpha `torch.optim.RMSprop`; with keep = take = 1 and no momentum `torch.optim.Adagrad`.
public struct ScaledStep {
  public var rate: Float
  public var keep: Float
  public var take: Float
  public var eps: Float
  public var momentum: Float
  public var weightDecay: Float

  public init(rate: Float, keep: Float, take: Float, eps: Float, momentum: Float, weightDecay: Float) {
    self.rate = rate
    self.keep = keep
    self.take = take
    self.eps = eps
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  /// - Parameter velocity: nil without momentum.
  public func apply(
    to parameters: Values<Float>, gradient: Values<Float>, squares: Values<Float>, velocity: Values<Float>?
  ) {
    precondition(parameters.count == gradient.count && squares.count == gradient.count)
    for index in 0..<parameters.count {
      let slope = gradient.pointer[index] + weightDecay * parameters.pointer[index]
      let square = keep * squares.pointer[index] + take * (slope * slope)
      squares.pointer[index] = square
      var speed = slope / (square.squareRoot() + eps)
      if let velocity {
        speed += momentum * velocity.pointer[index]
        velocity.pointer[index] = speed
      }
      parameters.pointer[index] -= rate * speed
    }
  }
}

/// One step of Adam, as `torch.optim.Adam` and `AdamW` define it, with c1 = 1 - beta1^t and c2 = 1 - beta2^t:
///
///     parameter = parameter * shrink            (1, or 1 - rate * weightDecay in AdamW)
///     g = gradient + weightDecay * parameter    (weightDecay is 0 in AdamW)
///     mean = mean + (1 - beta1) * (g - mean)
///     squares = beta2 * squares + (1 - beta2) * g * g
///     parameter = parameter - rate / c1 * mean / (sqrt(squares) / sqrt(c2) + eps)
public struct AdamStep {
  public var stepSize: Float
  public var shrink: Float
  public var weightDecay: Float
  public var beta2: Float
  public var take1: Float
  public var take2: Float
  public var rootOfCorrection: Float
  public var eps: Float

  /// - Parameter step: 0 for the first.
  public init(
    rate: Double, beta1: Double, beta2: Double, eps: Double, weightDecay: Double, isDecoupled: Bool, step: Int
  ) {
    stepSize = Float(rate / (1 - Elementary.power(beta1, step + 1)))
    rootOfCorrection = Float((1 - Elementary.power(beta2, step + 1)).squareRoot())
    shrink = Float(isDecoupled ? 1 - rate * weightDecay : 1)
    self.weightDecay = Float(isDecoupled ? 0 : weightDecay)
    self.beta2 = Float(beta2)
    take1 = Float(1 - beta1)
    take2 = Float(1 - beta2)
    self.eps = Float(eps)
  }

  public func apply(
    to parameters: Values<Float>, gradient: Values<Float>, mean: Values<Float>, squares: Values<Float>
  ) {
    precondition(parameters.count == gradient.count && mean.count == gradient.count && squares.count == gradient.count)
    for index in 0..<parameters.count {
      let parameter = parameters.pointer[index] * shrink
      let slope = gradient.pointer[index] + weightDecay * parameter
      let first = mean.pointer[index] + take1 * (slope - mean.pointer[index])
      let second = beta2 * squares.pointer[index] + take2 * (slope * slope)
      mean.pointer[index] = first
      squares.pointer[index] = second
      parameters.pointer[index] = parameter - stepSize * (first / (second.squareRoot() / rootOfCorrection + eps))
    }
  }
}
