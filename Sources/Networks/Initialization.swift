import Tensors

/// First values of the parameters, after He, Zhang, Ren, Sun, "Delving deep into rectifiers", ICCV 2015,
/// section 2.2: weights uniform with variance gain^2 / fanIn, so that the activations' scale stays; biases zero. The squared
/// gain is 2 behind a ReLU, which halves what it passes on, and 1 where nothing bends the values; other activations say
/// theirs (`Layer.squaredGain`). A pure function of the seed, the parameter's place in the network and the index.
public enum HeInitialization {
  public static func values(of slot: ParameterSlot, number: Int, seed: UInt64) -> [Float] {
    switch slot.start {
    case .constant(let value): return [Float](repeating: Float(value), count: slot.count)
    case .random(let fanIn):
      let bound = (3 * slot.squaredGain / Double(fanIn)).squareRoot()
      let random = CounterRandom(seed: seed, stream: RandomStream.weights + UInt64(number))
      return (0..<slot.count).map { Float((2 * random.uniform(at: UInt64($0)) - 1) * bound) }
    }
  }
}

/// What the streams of a job's random numbers are for; data streams are in Datasets.
enum RandomStream {
  static let weights: UInt64 = 1 << 32
  /// One for each layer.
  static let dropout: UInt64 = 2 << 32
  /// And some around it.
  static let gradientCheck: UInt64 = 3 << 32
}

extension Executor {
  /// Sets every parameter and every statistic to its first value.
  public func initialize(seed: UInt64) {
    for (number, slot) in plan.parameters.enumerated() {
      let values = HeInitialization.values(of: slot, number: number, seed: seed)
      self.values(of: slot).copy(from: values.map { Scalar($0) })
    }
    for slot in plan.statistics {
      let values = HeInitialization.values(of: slot, number: 0, seed: seed)
      statistic(of: slot).copy(from: values.map { Scalar($0) })
    }
    prepare()
  }
}
