/// A run of elements inside a `Storage`: a pointer and a length that travel together.
///
/// It does not own its memory. Index checks are preconditions in debug builds and gone in release.
@frozen
public struct Values<Element>: @unchecked Sendable {
  public let pointer: UnsafeMutablePointer<Element>
  public let count: Int

  @inlinable
  public init(_ pointer: UnsafeMutablePointer<Element>, count: Int) {
    self.pointer = pointer
    self.count = count
  }

  @inlinable
  public subscript(_ index: Int) -> Element {
    get {
      assert(index >= 0 && index < count)
      return pointer[index]
    }
    nonmutating set {
      assert(index >= 0 && index < count)
      pointer[index] = newValue
    }
  }

  @inlinable
  public func slice(_ offset: Int, count: Int) -> Values {
    precondition(offset >= 0 && count >= 0 && offset + count <= self.count, "slice outside its values")
    return Values(pointer + offset, count: count)
  }

  @inlinable
  public func fill(_ value: Element) {
    pointer.update(repeating: value, count: count)
  }

  @inlinable
  public func copy(from other: [Element]) {
    precondition(other.count == count, "a copy needs as many values as it replaces")
    for (index, value) in other.enumerated() { pointer[index] = value }
  }

  @inlinable
  public func copy(from other: Values) {
    precondition(other.count == count, "a copy needs as many values as it replaces")
    pointer.update(from: other.pointer, count: count)
  }

  public func array() -> [Element] {
    Array(UnsafeBufferPointer(start: pointer, count: count))
  }
}

/// A pack in memory: the layout, and the vector of channel 0, row 0, column 0.
@frozen
public struct PackView<Scalar: LaneScalar>: @unchecked Sendable {
  public let origin: UnsafeMutablePointer<Lanes<Scalar>>
  public let channels: Int
  public let height: Int
  public let width: Int
  public let rowStride: Int
  public let channelStride: Int

  /// `values` must hold `layout.vectorCount` vectors.
  public init(_ values: Values<Lanes<Scalar>>, layout: PackLayout) {
    precondition(values.count >= layout.vectorCount, "a pack needs \(layout.vectorCount) vectors")
    origin = values.pointer + layout.origin
    channels = layout.shape.channels
    height = layout.shape.height
    width = layout.shape.width
    rowStride = layout.rowStride
    channelStride = layout.channelStride
  }

  /// The address of a pixel; row and column may lie in the halo.
  @inlinable @inline(__always)
  public func at(_ channel: Int, _ row: Int, _ column: Int) -> UnsafeMutablePointer<Lanes<Scalar>> {
    origin + (channel &* channelStride &+ row &* rowStride &+ column)
  }

  @inlinable
  public subscript(_ channel: Int, _ row: Int, _ column: Int) -> Lanes<Scalar> {
    get { at(channel, row, column).pointee }
    nonmutating set { at(channel, row, column).pointee = newValue }
  }
}
