public import Tensors

/// output = max(input, 0), for one channel; the two may be the same memory. NaN stays NaN.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func rectify<Scalar: LaneScalar>(channel: Int, _ input: PackView<Scalar>, into output: PackView<Scalar>) {
  map(channel: channel, input, into: output) { rectified($0) }
}

/// inputGradient = gradient where the activation is positive, else 0, for one channel; the gradients may
/// be the same memory.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func rectifierGradient<Scalar: LaneScalar>(
  channel: Int, activation: PackView<Scalar>, _ gradient: PackView<Scalar>, into inputGradient: PackView<Scalar>
) {
  let zero = Lanes<Scalar>(repeating: 0)
  map(channel: channel, gradient, activation, into: inputGradient) { slope, value in
    Scalar.select(slope, whereGreater: value, than: zero, else: zero)
  }
}

/// output = input where it is positive, else slope * input, for one channel.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func leakyRectify<Scalar: LaneScalar>(
  channel: Int, slope: Scalar, _ input: PackView<Scalar>, into output: PackView<Scalar>
) {
  let zero = Lanes<Scalar>(repeating: 0)
  let slopes = Lanes(repeating: slope)
  map(channel: channel, input, into: output) { value in
    Scalar.select(value, whereGreater: value, than: zero, else: Scalar.product(value, slopes))
  }
}

/// inputGradient = gradient where the activation is positive, else slope * gradient, for one channel.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func leakyRectifierGradient<Scalar: LaneScalar>(
  channel: Int, slope: Scalar, activation: PackView<Scalar>, _ gradient: PackView<Scalar>,
  into inputGradient: PackView<Scalar>
) {
  let zero = Lanes<Scalar>(repeating: 0)
  let slopes = Lanes(repeating: slope)
  map(channel: channel, gradient, activation, into: inputGradient) { above, value in
    Scalar.select(above, whereGreater: value, than: zero, else: Scalar.product(above, slopes))
  }
}

/// output = 1 / (1 + e^-input), for one channel.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func sigmoid<Scalar: LaneScalar>(channel: Int, _ input: PackView<Scalar>, into output: PackView<Scalar>) {
  let (zero, one) = (Lanes<Scalar>(repeating: 0), Lanes<Scalar>(repeating: 1))
  map(channel: channel, input, into: output) { value in
    Scalar.quotient(one, Scalar.sum(one, Scalar.exponential(Scalar.difference(zero, value))))
  }
}

/// inputGradient = gradient * activation * (1 - activation), for one channel.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func sigmoidGradient<Scalar: LaneScalar>(
  channel: Int, activation: PackView<Scalar>, _ gradient: PackView<Scalar>, into inputGradient: PackView<Scalar>
) {
  map(channel: channel, gradient, activation, into: inputGradient) { above, value in
    Scalar.product(above, Scalar.subtractProduct(value, value, from: value))
  }
}

/// output = tanh(input), for one channel: -t / (t + 2) with t = e^(-2 |input|) - 1, which does not cancel, and the sign.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func hyperbolicTangent<Scalar: LaneScalar>(
  channel: Int, _ input: PackView<Scalar>, into output: PackView<Scalar>
) {
  let (zero, two) = (Lanes<Scalar>(repeating: 0), Lanes<Scalar>(repeating: 2))
  map(channel: channel, input, into: output) { value in
    let twice = Scalar.product(value, two)
    let negated = Scalar.difference(zero, twice)
    let t = Scalar.exponentialLessOne(Scalar.select(negated, whereGreater: value, than: zero, else: twice))
    let magnitude = Scalar.quotient(t, Scalar.sum(t, two))
    return Scalar.select(Scalar.difference(zero, magnitude), whereGreater: value, than: zero, else: magnitude)
  }
}

/// inputGradient = gradient * (1 - activation^2), for one channel.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func hyperbolicTangentGradient<Scalar: LaneScalar>(
  channel: Int, activation: PackView<Scalar>, _ gradient: PackView<Scalar>, into inputGradient: PackView<Scalar>
) {
  let one = Lanes<Scalar>(repeating: 1)
  map(channel: channel, gradient, activation, into: inputGradient) { above, value in
    Scalar.product(above, Scalar.subtractProduct(value, value, from: one))
  }
}

/// output = function(input), for one channel.
@inline(__always)
private func map<Scalar: LaneScalar>(
  channel: Int, _ input: PackView<Scalar>, into output: PackView<Scalar>, _ function: (Lanes<Scalar>) -> Lanes<Scalar>
) {
  for y in 0..<output.height {
    let source = input.at(channel, y, 0)
    let target = output.at(channel, y, 0)
    for x in 0..<output.width { target[x] = function(source[x]) }
  }
}

/// output = function(a, b), for one channel; `output` may be the memory of either.
@inline(__always)
private func map<Scalar: LaneScalar>(
  channel: Int, _ a: PackView<Scalar>, _ b: PackView<Scalar>, into output: PackView<Scalar>,
  _ function: (Lanes<Scalar>, Lanes<Scalar>) -> Lanes<Scalar>
) {
  for y in 0..<output.height {
    let (first, second) = (a.at(channel, y, 0), b.at(channel, y, 0))
    let target = output.at(channel, y, 0)
    for x in 0..<output.width { target[x] = function(first[x], second[x]) }
  }
}

/// Whether every value of a channel is finite.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func isFinite<Scalar: LaneScalar>(channel: Int, of tensor: PackView<Scalar>) -> Bool {
  // Zero times a finite number is zero, and times any other it is NaN, which no sum loses.
  let zero = Lanes<Scalar>(repeating: 0)
  var sum = zero
  for y in 0..<tensor.height {
    let row = tensor.at(channel, y, 0)
    for x in 0..<tensor.width { Scalar.addProduct(row[x], zero, to: &sum) }
  }
  return Scalar.laneSum(sum) == 0
}
