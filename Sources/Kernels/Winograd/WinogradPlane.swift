import CVector
import Tensors

/// Where along one axis of a tensor the positions of tiles lie.
struct WinogradAxis {
  /// Position 0.
  let first: Int
  /// From one position to the next.
  let step: Int
  /// Places that hold a pixel, and zeros that surely lie before and behind them.
  let count: Int
  let halo: Int

  @inline(__always)
  func place(_ position: Int) -> Int { first &+ position &* step }

  /// `length` positions from `position` on can be read.
  @inline(__always)
  func contains(_ position: Int, _ length: Int) -> Bool {
    place(position) >= -halo && place(position &+ length &- 1) < count &+ halo
  }
}

/// Some neighbouring pixels; strides count vectors.
struct WinogradWindow<Scalar: LaneScalar> {
  let pixels: UnsafePointer<Lanes<Scalar>>
  let row: Int
  let column: Int
}

/// One channel of a tensor, or one phase of it, as tiles read it. What lies outside is zero.
struct WinogradPlane<Scalar: LaneScalar> {
  let origin: UnsafePointer<Lanes<Scalar>>
  let rowStride: Int
  let rows: WinogradAxis
  let columns: WinogradAxis
  /// What a max pooling of 2 x 2 chose, if the tensor is the gradient of its output: [row][column] of windows, without
  /// gaps. A window's gradient belongs to the pixel that was chosen.
  let choices: UnsafePointer<SIMD16<UInt8>>?
  /// To the same pixel of the channel that is read next.
  let ahead: Int

  /// The pixels from (`row`, `column`) on, where they lie or, where the image ends or a pooling stands, copied to `patch`.
  @inline(__always)
  func window(
    _ row: Int, _ column: Int, height: Int, width: Int, patch: UnsafeMutablePointer<Lanes<Scalar>>
  ) -> WinogradWindow<Scalar> {
    if choices == nil && rows.contains(row, height) && columns.contains(column, width) {
      return WinogradWindow(
        pixels: origin + (rows.place(row) &* rowStride &+ columns.place(column)), row: rows.step &* rowStride,
        column: columns.step)
    }
    if let choices {
      copyPooled(choices, row, column, height, width, patch)
    } else {
      copy(row, column, height, width, patch)
    }
    return WinogradWindow(pixels: UnsafePointer(patch), row: width, column: 1)
  }

  /// 4 x 4 pixels without gaps.
  @inline(__always)
  func copyTile(_ row: Int, _ column: Int, to copy: UnsafeMutablePointer<Lanes<Scalar>>) {
    let window = window(row, column, height: 4, width: 4, patch: copy)
    guard window.pixels != UnsafePointer(copy) else { return }
    for pixel in 0..<16 { copy[pixel] = window.pixels[(pixel &>> 2) &* window.row &+ (pixel & 3) &* window.column] }
  }

  @inline(never)
  private func copy(
    _ row: Int, _ column: Int, _ height: Int, _ width: Int, _ patch: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    var target = patch
    for y in row..<(row &+ height) {
      let place = rows.place(y)
      let exists = place >= 0 && place < rows.count
      let source = origin + place &* rowStride
      for x in column..<(column &+ width) {
        let place = columns.place(x)
        target.pointee = exists && place >= 0 && place < columns.count ? source[place] : Scalar.lanes(0)
        target += 1
      }
    }
  }

  @inline(never)
  private func copyPooled(
    _ choices: UnsafePointer<SIMD16<UInt8>>, _ row: Int, _ column: Int, _ height: Int, _ width: Int,
    _ patch: UnsafeMutablePointer<Lanes<Scalar>>
  ) {
    let across = columns.count &>> 1
    let first = columns.place(column)
    var target = patch
    for y in row..<(row &+ height) {
      let place = rows.place(y)
      guard place >= 0 && place < rows.count else {
        for x in 0..<width { target[x] = Scalar.lanes(0) }
        target += width
        continue
      }
      let source = origin + (place &>> 1) &* rowStride
      let chosen = choices + (place &>> 1) &* across
      let firstChoice = UInt8(2 &* (place & 1))
      for x in 0..<width {
        let column = first &+ x
        target[x] =
          column >= 0 && column < columns.count
          ? Scalar.keep(source[column &>> 1], where: chosen[column &>> 1], are: firstChoice &+ UInt8(column & 1))
          : Scalar.lanes(0)
      }
      target += width
    }
  }

  /// The sum over the pixels of rows and columns that exist.
  @inline(__always)
  func sum(rows: Range<Int>, columns: Range<Int>) -> Lanes<Scalar> {
    var even = Scalar.lanes(0)
    var odd = Scalar.lanes(0)
    for y in rows {
      if let choices {
        let source = origin + (y &>> 1) &* rowStride
        let chosen = choices + (y &>> 1) &* (self.columns.count &>> 1)
        let firstChoice = UInt8(2 &* (y & 1))
        for x in columns {
          even = Scalar.sum(
            even, Scalar.keep(source[x &>> 1], where: chosen[x &>> 1], are: firstChoice &+ UInt8(x & 1)))
        }
      } else {
        let source = origin + y &* rowStride
        var x = columns.lowerBound
        while x &+ 1 < columns.upperBound {
          even = Scalar.sum(even, source[x])
          odd = Scalar.sum(odd, source[x &+ 1])
          x &+= 2
        }
        if x < columns.upperBound { even = Scalar.sum(even, source[x]) }
      }
    }
    return Scalar.sum(even, odd)
  }
}
