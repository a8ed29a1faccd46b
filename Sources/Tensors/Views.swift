/// A run of elements inside a `Storage`: a pointer and a length that travel together.
///
/// It does not own its memory. Index checks are preconditions. They cost nothing where speed counts: the kernels and this
/// target are compiled with `-Ounchecked`, which leaves them out. A build with KILN_CHECKED=1 in its environment compiles
/// with `-O` and keeps them (`scripts/lanes/checked`).
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
      precondition(index >= 0 && index < count, "index outside its values")
      return pointer[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < count, "index outside its values")
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
///
/// A build with KILN_CHECKED=1 also knows where its memory begins and ends, and stops at an address outside. Others do not,
/// because kernels ask for addresses in their inner loops.
@frozen
public struct PackView<Scalar: LaneScalar>: @unchecked Sendable {
  public let origin: UnsafeMutablePointer<Lanes<Scalar>>
  public let channels: Int
  public let height: Int
  public let width: Int
  public let rowStride: Int
  public let channelStride: Int
  #if KILN_CHECKED
    public let memory: Values<Lanes<Scalar>>
  #endif

  /// `values` must hold `layout.vectorCount` vectors.
  public init(_ values: Values<Lanes<Scalar>>, layout: PackLayout) {
    precondition(values.count >= layout.vectorCount, "a pack needs \(layout.vectorCount) vectors")
    origin = values.pointer + layout.origin
    channels = layout.shape.channels
    height = layout.shape.height
    width = layout.shape.width
    rowStride = layout.rowStride
    channelStride = layout.channelStride
    #if KILN_CHECKED
      memory = values
    #endif
  }

  /// Vectors that lie otherwise: `origin` is the one of channel 0, row 0, column 0 in `values`.
  public init(
    _ values: Values<Lanes<Scalar>>, origin: Int, channels: Int, height: Int, width: Int, rowStride: Int,
    channelStride: Int
  ) {
    self.origin = values.pointer + origin
    self.channels = channels
    self.height = height
    self.width = width
    self.rowStride = rowStride
    self.channelStride = channelStride
    #if KILN_CHECKED
      memory = values
    #endif
  }

  /// The address of a pixel; row and column may lie in the halo.
  @inlinable @inline(__always)
  public func at(_ channel: Int, _ row: Int, _ column: Int) -> UnsafeMutablePointer<Lanes<Scalar>> {
    let address = origin + (channel &* channelStride &+ row &* rowStride &+ column)
    #if KILN_CHECKED
      // One past the end may be asked for, and not read.
      precondition(address >= memory.pointer && address <= memory.pointer + memory.count, "a pixel outside its pack")
    #endif
    return address
  }

  @inlinable
  public subscript(_ channel: Int, _ row: Int, _ column: Int) -> Lanes<Scalar> {
    get { at(channel, row, column).pointee }
    nonmutating set { at(channel, row, column).pointee = newValue }
  }

  /// Values of one image.
  public var count: Int { channels &* height &* width }

  /// Value `index` of the sixteen images, counted in the order channel, row, column. A list of values must be read so: its
  /// tensor may still have the axes that `flatten` took from its name alone.
  @inlinable
  public subscript(value index: Int) -> Lanes<Scalar> {
    get { at(value: index).pointee }
    nonmutating set { at(value: index).pointee = newValue }
  }

  @inlinable
  func at(value index: Int) -> UnsafeMutablePointer<Lanes<Scalar>> {
    precondition(index >= 0 && index < channels &* height &* width, "a pack has no such value")
    let (channel, place) = index.quotientAndRemainder(dividingBy: height &* width)
    return at(channel, place / width, place % width)
  }
}
