extension AxisWeights {
  /// Every row of an image, resampled along its width.
  ///
  /// Sixteen rows at a time are turned, so that a column of them is a vector: then each weight is multiplied by sixteen
  /// samples at once, as along columns.
  ///
  /// - Parameters:
  ///   - image: rows of `sourceCount` pixels, each of `channels` interleaved bytes.
  ///   - channels: at least 1.
  /// - Returns: one plane a channel, each of as many rows of `targetCount` bytes.
  public func resampleRows(of image: Span<UInt8>, channels: Int) -> [UInt8] {
    let rowSize = sourceCount * channels
    let rows = image.count / rowSize
    let count = channels * rows * targetCount
    return [UInt8](unsafeUninitializedCapacity: count) { result, initialized in
      initialized = count
      guard let result = result.baseAddress, rows > 0 else { return }
      let columns = (rowSize + lanes - 1) / lanes * lanes
      image.withUnsafeBytes { image in
        withUnsafeTemporaryAllocation(byteCount: columns * lanes, alignment: lanes) { turned in
          guard let image = image.baseAddress, let turned = turned.baseAddress else { return }
          for first in Swift.stride(from: 0, to: rows, by: lanes) {
            let block = first..<min(first + lanes, rows)
            turn(block, of: image, rowSize: rowSize, rows: rows, into: turned)
            for channel in 0..<channels {
              let plane = UnsafeMutableRawPointer(result) + (channel * rows + first) * targetCount
              resample(channel, of: channels, turned, count: block.count, into: plane)
            }
          }
        }
      }
    }
  }

  /// Writes column after column of a block of at most sixteen rows, of which the last stands for those that are missing.
  private func turn(
    _ block: Range<Int>, of image: UnsafeRawPointer, rowSize: Int, rows: Int, into turned: UnsafeMutableRawPointer
  ) {
    let end = rowSize * rows
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2 * lanes) { square in
      guard let square = square.baseAddress else { return }
      for x in Swift.stride(from: 0, to: rowSize, by: lanes) {
        for lane in 0..<lanes {
          let place = min(block.lowerBound &+ lane, block.upperBound &- 1) &* rowSize &+ x
          // What stands behind a row is never used. Behind the last one there is nothing.
          square[lane] =
            place &+ lanes <= end
            ? image.loadUnaligned(fromByteOffset: place, as: Lanes.self)
            : beginning(of: image + place, count: end &- place)
        }
        transpose(square)
        for column in 0..<lanes {
          turned.storeBytes(of: square[column], toByteOffset: (x &+ column) &* lanes, as: Lanes.self)
        }
      }
    }
  }

  /// One channel of a block of rows. - Parameter turned: its columns.
  private func resample(
    _ channel: Int, of channels: Int, _ turned: UnsafeRawPointer, count: Int, into plane: UnsafeMutableRawPointer
  ) {
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2 * lanes) { square in
      guard let square = square.baseAddress else { return }
      for first in Swift.stride(from: 0, to: targetCount, by: lanes) {
        let targets = min(lanes, targetCount &- first)
        for lane in 0..<targets {
          square[lane] = column(first &+ lane, of: turned, channel: channel, of: channels)
        }
        transpose(square)
        for row in 0..<count {
          let place = plane + (row &* targetCount &+ first)
          if targets == lanes {
            place.storeBytes(of: square[row], as: Lanes.self)
          } else {
            for lane in 0..<targets { place.storeBytes(of: square[row][lane], toByteOffset: lane, as: UInt8.self) }
          }
        }
      }
    }
  }

  /// A column of the result, of sixteen rows.
  @inline(__always)
  private func column(_ index: Int, of turned: UnsafeRawPointer, channel: Int, of channels: Int) -> Lanes {
    let window = windows[index]
    var sum = SIMD16<Int32>(repeating: Self.half)
    var place = (window.lowerBound &* channels &+ channel) &* lanes
    var weight = index &* stride
    let end = weight &+ window.count
    while weight < end {
      let samples = turned.load(fromByteOffset: place, as: Lanes.self)
      sum &+= SIMD16<Int32>(truncatingIfNeeded: samples) &* weights[weight]
      place &+= channels &* lanes
      weight &+= 1
    }
    return Lanes(truncatingIfNeeded: sum &>> Self.precision)
  }
}

private typealias Lanes = SIMD16<UInt8>

private var lanes: Int { 16 }

private func beginning(of bytes: UnsafeRawPointer, count: Int) -> Lanes {
  var vector = Lanes()
  for lane in 0..<max(min(count, lanes), 0) { vector[lane] = bytes.load(fromByteOffset: lane, as: UInt8.self) }
  return vector
}

/// Makes columns of the rows of a square of 16 x 16 bytes. Behind it there is room for another one.
///
/// Each of four rounds interleaves every row with that eight rows below.
@inline(__always)
private func transpose(_ square: UnsafeMutablePointer<Lanes>) {
  let other = square + lanes
  interleave(square, other)
  interleave(other, square)
  interleave(square, other)
  interleave(other, square)
}

@inline(__always)
private func interleave(_ from: UnsafeMutablePointer<Lanes>, _ to: UnsafeMutablePointer<Lanes>) {
  for row in 0..<lanes / 2 {
    var pair = SIMD32<UInt8>()
    pair.evenHalf = from[row]
    pair.oddHalf = from[row &+ lanes / 2]
    to[2 &* row] = pair.lowHalf
    to[2 &* row &+ 1] = pair.highHalf
  }
}
