public import Tensors

/// What inference does with the sums of a convolution before it stores them: the layers behind the convolution that treat
/// every channel by itself.
///
/// Each step is the arithmetic of its own layer's kernel, in the layers' order, so the bits are those of the layers one
/// after the other.
public struct Epilogue<Scalar: LaneScalar>: Sendable {
  /// A ReLU right behind the convolution.
  public var rectifiesSums = false
  public var pooling = EpiloguePooling.none
  /// Batch normalization by running statistics: means, scales and shifts of all channels.
  public var normalization: Normalization?
  /// A ReLU at the end.
  public var rectifies = false

  /// output = (input - mean) * scale + shift: three lists, one value a channel.
  public struct Normalization: Sendable {
    let mean: Values<Scalar>
    let scale: Values<Scalar>
    let shift: Values<Scalar>

    /// - Parameter values: means, then scales, then shifts.
    public init(_ values: Values<Scalar>, channels: Int) {
      mean = values.slice(0, count: channels)
      scale = values.slice(channels, count: channels)
      shift = values.slice(2 * channels, count: channels)
    }
  }

  public init() {}

  public var pools: Bool { pooling != .none }

  /// A channel's constants in all lanes.
  @inline(__always)
  func constants(of channel: Int) -> EpilogueConstants<Scalar> {
    guard let normalization else { return EpilogueConstants(mean: 0, scale: 1, shift: 0) }
    return EpilogueConstants(
      mean: normalization.mean[channel], scale: normalization.scale[channel], shift: normalization.shift[channel])
  }

  /// One pixel from its sum, where nothing is pooled.
  @inline(__always)
  func finish(_ sum: Lanes<Scalar>, _ constants: EpilogueConstants<Scalar>) -> Lanes<Scalar> {
    behindPooling(rectifiesSums ? rectified(sum) : sum, constants)
  }

  /// One pixel from the four sums of its window, in reading order.
  @inline(__always)
  func finish(
    _ a: Lanes<Scalar>, _ b: Lanes<Scalar>, _ c: Lanes<Scalar>, _ d: Lanes<Scalar>,
    _ constants: EpilogueConstants<Scalar>
  ) -> Lanes<Scalar> {
    if pooling == .fused {
      let floor = Scalar.lanes(rectifiesSums ? 0 : -Double.infinity)
      return behindPooling(greatestOfFused(a, b, c, d, floor: floor), constants)
    }
    return behindPooling(
      rectifiesSums
        ? greatestOfWindow(rectified(a), rectified(b), rectified(c), rectified(d)) : greatestOfWindow(a, b, c, d),
      constants)
  }

  @inline(__always)
  private func behindPooling(_ value: Lanes<Scalar>, _ constants: EpilogueConstants<Scalar>) -> Lanes<Scalar> {
    let normalized = normalization == nil ? value : constants.normalized(value)
    return rectifies ? rectified(normalized) : normalized
  }
}

/// A max pooling of 2 x 2 in an epilogue.
public enum EpiloguePooling: Sendable {
  case none
  /// As the pooling layer's own kernel does it.
  case separate
  /// As training stores it behind a convolution in the Fourier domain, any ReLU between included.
  case fused
}

/// A normalization's constants, lane by lane.
struct EpilogueConstants<Scalar: LaneScalar> {
  var mean: Lanes<Scalar>
  var scale: Lanes<Scalar>
  var shift: Lanes<Scalar>

  @inline(__always)
  init(mean: Scalar, scale: Scalar, shift: Scalar) {
    self.mean = Lanes(repeating: mean)
    self.scale = Lanes(repeating: scale)
    self.shift = Lanes(repeating: shift)
  }

  @inline(__always)
  init(mean: Lanes<Scalar>, scale: Lanes<Scalar>, shift: Lanes<Scalar>) {
    (self.mean, self.scale, self.shift) = (mean, scale, shift)
  }

  @inline(__always)
  func normalized(_ value: Lanes<Scalar>) -> Lanes<Scalar> {
    Scalar.multiplyAdd(Scalar.difference(value, mean), scale, shift)
  }
}

/// The greatest of four, as `PoolingGeometry.maximum` finds it.
@inline(__always)
private func greatestOfWindow<Scalar: LaneScalar>(
  _ a: Lanes<Scalar>, _ b: Lanes<Scalar>, _ c: Lanes<Scalar>, _ d: Lanes<Scalar>
) -> Lanes<Scalar> {
  @inline(__always) func greater(_ greatest: Lanes<Scalar>, _ value: Lanes<Scalar>) -> Lanes<Scalar> {
    keepingNaN(Scalar.select(value, whereGreater: value, than: greatest, else: greatest), value)
  }
  return greater(greater(greater(greater(a, a), b), c), d)
}

/// The greatest of four and a floor, as `TileRows.storePooled` finds it.
@inline(__always)
private func greatestOfFused<Scalar: LaneScalar>(
  _ a: Lanes<Scalar>, _ b: Lanes<Scalar>, _ c: Lanes<Scalar>, _ d: Lanes<Scalar>, floor: Lanes<Scalar>
) -> Lanes<Scalar> {
  @inline(__always) func greater(_ greatest: Lanes<Scalar>, _ value: Lanes<Scalar>) -> Lanes<Scalar> {
    Scalar.select(value, whereGreater: value, than: greatest, else: greatest)
  }
  let sum = Scalar.sum(Scalar.sum(Scalar.sum(Scalar.sum(Scalar.lanes(0), a), b), c), d)
  return Scalar.multiplyAdd(sum, Scalar.lanes(0), greater(greater(greater(greater(floor, a), b), c), d))
}
