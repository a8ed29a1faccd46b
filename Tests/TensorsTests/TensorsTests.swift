import Tensors
import Testing

@Suite struct CounterRandomTests {
  /// The known answer of the authors' Random123 library (kat_vectors, philox4x64 10).
  @Test func knownAnswer() {
    let words = CounterRandom(seed: 0, stream: 0).block(at: 0)
    #expect(words.0 == 0x1655_4d9e_ca36_314c)
    #expect(words.1 == 0xdb20_fe9d_672d_0fdc)
    #expect(words.2 == 0xd7e7_72ce_e186_176b)
    #expect(words.3 == 0x7e68_b68a_ec7b_a23b)
  }

  /// `np.random.Philox(key=[7, 3]).random_raw(4)`: NumPy's first block has counter 1.
  @Test func agreesWithNumPy() {
    let random = CounterRandom(seed: 7, stream: 3)
    #expect(
      (4..<8).map { random.word(at: $0) } == [
        0x7b6c_c7b1_862c_c5f2, 0xb960_f2ea_4b3f_8d9f, 0x0cdd_72e0_15de_b1a6, 0x50ed_b0d2_2a6a_6fd5,
      ])
  }

  @Test func indexStaysBelowItsBoundAndReachesAllOfIt() {
    let random = CounterRandom(seed: 1, stream: 2)
    var seen = Set<Int>()
    for position in 0..<400 {
      let index = random.index(below: 7, at: UInt64(position))
      #expect((0..<7).contains(index))
      seen.insert(index)
    }
    #expect(seen.count == 7)
  }

  @Test func uniformStaysBelowOne() {
    let random = CounterRandom(seed: 9, stream: 0)
    let values = (0..<4096).map { random.uniform(at: UInt64($0)) }
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
    // The mean of n uniform numbers lies within 5 / sqrt(12 n) of one half but for one case in two million.
    let mean = values.reduce(0, +) / 4096
    #expect(abs(mean - 0.5) < 5 / (12 * 4096.0).squareRoot())
  }
}

@Suite struct PackLayoutTests {
  @Test(arguments: [(1, 1, 1, 0), (3, 256, 256, 0), (10, 248, 248, 8), (20, 121, 121, 4), (7, 5, 63, 1), (1, 1, 64, 0)])
  func holdsEveryPixelAndItsHalo(channels: Int, height: Int, width: Int, halo: Int) {
    let layout = PackLayout(
      Shape(channels: channels, height: height, width: width), halo: .init(rows: halo, columns: halo))
    #expect(layout.rowStride >= width + 2 * halo)
    #expect(layout.channelStride >= (height + 2 * halo) * layout.rowStride)
    let last =
      layout.origin + (channels - 1) * layout.channelStride + (height - 1 + halo) * layout.rowStride + width - 1 + halo
    #expect(last < layout.vectorCount)
    #expect(layout.origin - halo * layout.rowStride - halo >= 0)
  }

  @Test func stridesKeepOffPages() {
    let layout = PackLayout(Shape(channels: 10, height: 256, width: 256))
    #expect(layout.rowStride % 64 >= 4)
    #expect(layout.channelStride % 64 == 17)
  }
}

@Suite struct SizesTests {
  @Test func stopsAtTheGreatest() {
    #expect(3.times(4) == 12 && 3.plus(4) == 7)
    #expect(Int.max.times(2) == .max && (1 << 40).times(1 << 40) == .max && Int.max.times(0) == 0)
    #expect(Int.max.plus(1) == .max && Int.max.plus(0) == .max)
    #expect(Shape(channels: 1 << 30, height: 1 << 30, width: 1 << 30).count == .max)
    #expect(PackLayout(Shape(channels: 1 << 30, height: 1 << 30, width: 1 << 30)).vectorCount == .max)
  }
}

@Suite struct PackViewTests {
  /// Values are counted in the order channel, row, column, whatever lies between them.
  @Test func valuesAreCountedInOrder() throws {
    let shape = Shape(channels: 3, height: 4, width: 5)
    let layout = PackLayout(shape, halo: .init(rows: 1, columns: 2))
    let storage = try Storage<Lanes<Float>>(count: layout.vectorCount)
    storage.withAll { all in
      let view = PackView(all, layout: layout)
      for index in 0..<view.count { view[value: index] = Lanes(repeating: Float(index)) }
      var expected: Float = 0
      for channel in 0..<3 {
        for row in 0..<4 {
          for column in 0..<5 {
            #expect(view[channel, row, column][0] == expected)
            expected += 1
          }
        }
      }
      #expect(view.count == shape.count && all.array().count { $0[0] != 0 } == shape.count - 1)
    }
  }
}

@Suite struct StorageTests {
  /// Swift may release a local variable after its last mention, while its views are still used.
  @Test func livesAsLongAsItsViewsAreUsed() throws {
    weak var seen: Storage<Float>?
    let isAlive = try {
      let storage = try Storage<Float>(count: 16)
      seen = storage
      return storage.withAll { view in
        view.fill(1)
        return seen != nil && view.array().allSatisfy { $0 == 1 }
      }
    }()
    #expect(isAlive && seen == nil)
  }

  @Test func isZeroedAndSlices() throws {
    let storage = try Storage<Float>(count: 1000)
    #expect(storage.all.array().allSatisfy { $0 == 0 })
    let slice = storage.slice(at: 10, count: 3)
    slice.copy(from: [1, 2, 3])
    #expect(storage.slice(at: 9, count: 5).array() == [0, 1, 2, 3, 0])
  }

  @Test func laneSumHasAFixedTree() {
    var lanes = Lanes<Float>(repeating: 1)
    lanes[0] = 0x1p24
    // Halving adds lane 8 to lane 0 first (lost to rounding), then pairs that are no longer lost.
    #expect(Float.laneSum(lanes) == 16_777_230)
  }
}
