import Tensors

/// A tensor in double precision for sixteen images. It can tell whether a kernel wrote beside its pixels: into the
/// halo or the gaps between channels.
struct Sheet {
  static let sentinel = Lanes<Double>(repeating: -1e30)

  let shape: Shape
  let layout: PackLayout
  let view: PackView<Double>
  private let storage: Storage<Lanes<Double>>

  /// Pixels are sentinels; everything around them is `surroundings`: zeros where a kernel reads its padding.
  init(_ shape: Shape, halo: PackLayout.Halo = .none, surroundings: Lanes<Double> = sentinel) throws {
    self.shape = shape
    layout = PackLayout(shape, halo: halo)
    storage = try Storage(count: layout.vectorCount)
    storage.all.fill(surroundings)
    view = PackView(storage.all, layout: layout)
    forEachPixel { _, place in place.pointee = Sheet.sentinel }
  }

  /// A sheet of random values, zeros around.
  init(_ shape: Shape, halo: PackLayout.Halo = .none, random: inout Dice) throws {
    try self.init(shape, halo: halo, surroundings: Lanes(repeating: 0))
    for index in 0..<shape.count { self[index] = random.lanes() }
  }

  /// Pixels in the order channel, row, column.
  subscript(_ index: Int) -> Lanes<Double> {
    get { place(index).pointee }
    nonmutating set { place(index).pointee = newValue }
  }

  /// A pixel, or zero outside the image: padding as a scalar program sees it.
  subscript(_ channel: Int, _ row: Int, _ column: Int) -> Lanes<Double> {
    let isInside = row >= 0 && row < shape.height && column >= 0 && column < shape.width
    return isInside ? view[channel, row, column] : Lanes(repeating: 0)
  }

  var pixels: [Lanes<Double>] { (0..<shape.count).map { self[$0] } }

  /// True if every vector that is no pixel still is `surroundings`.
  func isUntouchedAround(_ surroundings: Lanes<Double> = sentinel) -> Bool {
    var isPixel = [Bool](repeating: false, count: layout.vectorCount)
    forEachPixel { _, place in isPixel[place - storage.all.pointer] = true }
    return isPixel.indices.allSatisfy { isPixel[$0] || storage.all[$0] == surroundings }
  }

  private func place(_ index: Int) -> UnsafeMutablePointer<Lanes<Double>> {
    let (row, column) = (index / shape.width % shape.height, index % shape.width)
    return view.at(index / (shape.width * shape.height), row, column)
  }

  private func forEachPixel(_ body: (Int, UnsafeMutablePointer<Lanes<Double>>) -> Void) {
    for index in 0..<shape.count { body(index, place(index)) }
  }
}

/// Random numbers in the order in which they are asked for.
struct Dice {
  private let random: CounterRandom
  private var position: UInt64 = 0

  init(seed: Int) {
    random = CounterRandom(seed: UInt64(seed), stream: 7)
  }

  mutating func integer(in range: ClosedRange<Int>) -> Int {
    defer { position += 1 }
    return range.lowerBound + random.index(below: range.count, at: position)
  }

  /// Uniform in [-1, 1).
  mutating func number() -> Double {
    defer { position += 1 }
    return 2 * random.uniform(at: position) - 1
  }

  mutating func lanes() -> Lanes<Double> {
    var lanes = Lanes<Double>()
    for lane in 0..<laneCount { lanes[lane] = number() }
    return lanes
  }

  mutating func numbers(_ count: Int) -> [Double] { (0..<count).map { _ in number() } }
}

/// The greatest difference of two lists of lanes, relative to the greatest value of the second.
func worstDifference(_ values: [Lanes<Double>], _ expected: [Lanes<Double>]) -> Double {
  guard values.count == expected.count else { return .infinity }
  var scale = 1e-300
  var worst = 0.0
  for (value, truth) in zip(values, expected) {
    for lane in 0..<laneCount {
      scale = max(scale, abs(truth[lane]))
      let difference = abs(value[lane] - truth[lane])
      worst = difference.isNaN ? .infinity : max(worst, difference)
    }
  }
  return worst / scale
}

/// Values with memory of their own, which lives as long as the variable that holds the list.
struct List {
  let values: Values<Double>
  private let storage: Storage<Double>

  init(_ content: [Double]) throws {
    storage = try Storage(count: content.count)
    values = storage.all
    values.copy(from: content)
  }

  init(count: Int) throws {
    try self.init([Double](repeating: 0, count: count))
  }

  var array: [Double] { values.array() }
}
