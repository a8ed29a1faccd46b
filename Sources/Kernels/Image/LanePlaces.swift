import Tensors

/// Where the sixteen tiles of one group lie in the input and in the output of an image.
struct LanePlaces {
  private let values: UnsafeMutablePointer<Int32>

  /// Integers that a group takes.
  static let count = 5 * laneCount

  init(_ values: UnsafeMutablePointer<Int32>) { self.values = values }

  /// One lane: the offsets of its tile, and the rows and columns of it that exist in the output.
  struct Lane {
    var input: Int
    var output: Int
    var rows: Int
    var columns: Int
  }

  /// - Parameter side: rows and columns of a tile in the output.
  func fill(side: Int, _ lane: (Int) -> Lane) {
    var isComplete = true
    for number in 0..<laneCount {
      let lane = lane(number)
      values[number] = Int32(lane.input)
      values[laneCount + number] = Int32(lane.output)
      values[2 * laneCount + number] = Int32(lane.rows)
      values[3 * laneCount + number] = Int32(lane.columns)
      isComplete = isComplete && lane.rows >= side && lane.columns >= side
    }
    values[4 * laneCount] = isComplete ? 1 : 0
  }

  @inline(__always)
  var input: UnsafePointer<Int32> { UnsafePointer(values) }
  @inline(__always)
  var output: UnsafePointer<Int32> { UnsafePointer(values + laneCount) }
  /// Every lane has all of its rows and columns.
  @inline(__always)
  var isComplete: Bool { values[4 &* laneCount] != 0 }

  /// How many columns of each lane exist in a row of its tile, written to `scratch`, a vector's memory.
  @inline(__always)
  func limits(row: Int, at scratch: UnsafeMutablePointer<Lanes<Float>>) -> UnsafeRawPointer {
    let limits = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Int32.self)
    for lane in 0..<laneCount {
      limits[lane] = row < Int(values[2 &* laneCount &+ lane]) ? values[3 &* laneCount &+ lane] : 0
    }
    return UnsafeRawPointer(limits)
  }
}
