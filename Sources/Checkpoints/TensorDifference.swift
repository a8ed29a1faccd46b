/// How much two tensors of one shape differ, value by value. It is made piece by piece.
public struct TensorDifference: Sendable, Equatable {
  /// Values of each tensor.
  public private(set) var count = 0
  /// Values whose bits differ; of tensors of two types, whose numbers do. Nil if neither can be said.
  public private(set) var differing: Int?
  /// Bits that differ in all; nil for tensors of two types.
  public private(set) var bits: Int?
  /// Of values that are finite in both, the largest size of a difference; nil for types that are not read as numbers.
  public private(set) var maximum: Double?
  /// Of the same values, the norm of the differences divided by that of the first tensor. Nil if the first is zero and the
  /// second is not, or if the types are not read as numbers.
  public var relativeNorm: Double? {
    guard maximum != nil else { return nil }
    if squares == 0 { return 0 }
    return firstSquares > 0 ? (squares / firstSquares).squareRoot() : nil
  }
  /// Values that are not finite in one of the two, or in both and not the same.
  public private(set) var nonFinite = 0

  private var squares = 0.0
  private var firstSquares = 0.0

  public var isSame: Bool { bits == 0 || bits == nil && differing == 0 }

  fileprivate init(isNumeric: Bool, isOneType: Bool, countsValues: Bool) {
    maximum = isNumeric ? 0 : nil
    bits = isOneType ? 0 : nil
    differing = countsValues ? 0 : nil
  }

  /// Of elements of one type, which fill `width` bytes each; 0 for elements that fill no whole bytes.
  fileprivate mutating func add(bytes first: [UInt8], _ second: [UInt8], width: Int) {
    guard first != second else { return }
    var differing = 0
    for start in stride(from: 0, to: first.count, by: max(width, 1)) {
      var bits = 0
      for place in start..<min(start + max(width, 1), first.count) {
        bits += (first[place] ^ second[place]).nonzeroBitCount
      }
      self.bits = (self.bits ?? 0) + bits
      if bits > 0 { differing += 1 }
    }
    if width > 0 { self.differing = (self.differing ?? 0) + differing }
  }

  fileprivate mutating func add(_ first: [Double], _ second: [Double], countsDiffering: Bool) {
    count += first.count
    var unequal = 0
    for (one, other) in zip(first, second) {
      if one != other && !(one.isNaN && other.isNaN) { unequal += 1 }
      guard one.isFinite && other.isFinite else {
        if one != other && !(one.isNaN && other.isNaN) { nonFinite += 1 }
        continue
      }
      let distance = abs(one - other)
      maximum = max(maximum ?? 0, distance)
      squares += distance * distance
      firstSquares += one * one
    }
    if countsDiffering { differing = (differing ?? 0) + unequal }
  }

  fileprivate mutating func add(count: Int) { self.count += count }
}

extension SafetensorsFile {
  /// Compares a tensor with one of the same shape in another file. Both are read once.
  public func difference(
    of tensor: SafetensorsIndex.Tensor, from other: SafetensorsIndex.Tensor, in file: SafetensorsFile
  ) throws(CheckpointError) -> TensorDifference {
    precondition(tensor.shape == other.shape, "each value has a counterpart")
    if tensor.typeName == other.typeName, tensor.type?.isNumeric != true {
      return try bytewise(tensor, other, file)
    }
    guard let type = tensor.type, let otherType = other.type, type.isNumeric, otherType.isNumeric else {
      var unknown = TensorDifference(isNumeric: false, isOneType: false, countsValues: false)
      unknown.add(count: tensor.count)
      return unknown
    }
    let isOneType = type == otherType
    var difference = TensorDifference(isNumeric: true, isOneType: isOneType, countsValues: true)
    let atOnce = 1 << 18
    for start in stride(from: 0, to: tensor.count, by: atOnce) {
      let place = start..<min(start + atOnce, tensor.count)
      let first = try bytes(of: tensor, type, elements: place)
      let second = try file.bytes(of: other, otherType, elements: place)
      if isOneType { difference.add(bytes: first, second, width: type.bits / 8) }
      difference.add(type.numbers(in: first) ?? [], otherType.numbers(in: second) ?? [], countsDiffering: !isOneType)
    }
    return difference
  }

  /// Of types whose elements are not read: their bits.
  private func bytewise(
    _ tensor: SafetensorsIndex.Tensor, _ other: SafetensorsIndex.Tensor, _ file: SafetensorsFile
  ) throws(CheckpointError) -> TensorDifference {
    let width = tensor.type.map { $0.bits.isMultiple(of: 8) ? $0.bits / 8 : 0 } ?? 0
    var difference = TensorDifference(
      isNumeric: false, isOneType: tensor.bytes.count == other.bytes.count, countsValues: width > 0)
    difference.add(count: tensor.count)
    guard tensor.bytes.count == other.bytes.count else { return difference }
    for start in stride(from: 0, to: tensor.bytes.count, by: Self.pieceBytes) {
      let length = min(Self.pieceBytes, tensor.bytes.count - start)
      difference.add(
        bytes: try bytes(at: tensor.bytes.lowerBound + start, length),
        try file.bytes(at: other.bytes.lowerBound + start, length), width: width)
    }
    return difference
  }

  private func bytes(at start: Int, _ length: Int) throws(CheckpointError) -> [UInt8] {
    try bytes(at: start..<start + length)
  }
}
