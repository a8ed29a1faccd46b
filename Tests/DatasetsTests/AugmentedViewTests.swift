import Datasets
import Foundation
import Images
import Tensors
import Testing

/// Turns, sizes, noise, erasing and shares as Tests/Fixtures/datasets/views.py computes them.
@Suite struct AugmentedViewTests {
  static let all = Augmentation(
    angle: 15, scale: 0.2, noise: 0.05, erase: Erasing(probability: 0.5, area: 0.33), mixup: 0.4)

  private static func view(_ index: Int) -> ImageView { all.view(seed: 7, epoch: 3, index: index) }

  @Test func drawsAsNumPyDoes() throws {
    let witness = try ViewWitness.read()
    for (index, turn) in witness.turns.enumerated() {
      #expect([Self.view(index).angle, Self.view(index).zoom] == turn)
    }
    for (index, rectangle) in witness.erased.enumerated() {
      #expect(Self.view(index).erased == rectangle.map(ViewWitness.rectangle))
    }
    for (index, share) in witness.shares.enumerated() { #expect(abs(Self.view(index).share - share) < 1e-12) }
  }

  /// To the byte as in whole numbers, and to within a step of the byte as in double precision.
  @Test func turnsAndScalesAsNumPyDoes() throws {
    for look in try ViewWitness.read().warps {
      let view = ImageView(down: Int(look.view[2]), across: Int(look.view[3]), angle: look.view[0], zoom: look.view[1])
      let pixels = view.applied(to: ImageViewTests.pattern).planes
      #expect(look.pixels.describes(pixels), "\(look.view)")
      for (found, near) in zip(PixelWitness.thinned(pixels), look.near) { #expect(abs(Double(found) - near) <= 1) }
    }
  }

  @Test func addsTheNoiseOfNumPy() throws {
    for (index, look) in try ViewWitness.read().noise.enumerated() {
      let random = CounterRandom(seed: 7, stream: ViewWitness.stream("nois", 3))
      let view = ImageView(noise: Noise(deviation: look.deviation, random: random, index: 11 + index))
      #expect(look.pixels.describes(view.applied(to: Self.image(inColour: look.colour)).planes))
    }
  }

  @Test func erasesAsNumPyDoes() throws {
    for look in try ViewWitness.read().holes {
      let view = ImageView(erased: ViewWitness.rectangle(look.rectangle))
      #expect(look.pixels.describes(view.applied(to: Self.image(inColour: look.colour)).planes))
    }
  }

  @Test func laysImagesOverEachOtherAsNumPyDoes() throws {
    let gray = ImageViewTests.pattern
    for look in try ViewWitness.read().mixed {
      #expect(look.pixels.describes(gray.mixed(with: Symmetry.transposed.applied(to: gray), share: look.share).planes))
    }
    let colour = Self.image(inColour: true)
    let mixed = gray.mixed(with: colour, share: 0.25)
    #expect(mixed == ImagePlanes(planes: gray.bytes).mixed(with: colour, share: 0.25))
    #expect(mixed == colour.mixed(with: gray, share: 0.75))
  }

  /// Of 4,000 images 1,200 lose a rectangle (deviation 29); its share of the area is uniform in 0.02...0.2 with mean 0.11
  /// (deviation of the mean 0.0015), but for what is rounded.
  @Test func erasesAsOftenAndAsMuchAsAsked() {
    let erasing = Augmentation(erase: Erasing(probability: 0.3, area: 0.2))
    let holes = (0..<4000).compactMap { erasing.view(seed: 3, epoch: 1, index: $0).erased }
    #expect(abs(holes.count - 1200) < 150)
    let areas = holes.map { Double($0.rows.count * $0.columns.count) / 65_536 }
    #expect(abs(areas.reduce(0, +) / Double(areas.count) - 0.11) < 0.008)
    #expect((areas.min() ?? 0) > 0.018 && (areas.max() ?? 1) < 0.202)
    #expect(holes.allSatisfy { $0.rows.upperBound <= 256 && $0.columns.upperBound <= 256 })
    // Everywhere: the middles of the rectangles lie in all quarters about equally often.
    let upperLeft = holes.count {
      $0.rows.lowerBound + $0.rows.upperBound < 256 && $0.columns.lowerBound + $0.columns.upperBound < 256
    }
    #expect(abs(Double(upperLeft) / Double(holes.count) - 0.25) < 0.06)
  }

  /// The mean over 20,000 shares has a deviation below 0.0015.
  @Test func keepsTheSharesOfTheBetaDistribution() throws {
    for mean in try ViewWitness.read().meanShares {
      let mixing = Augmentation(mixup: mean[0])
      let shares = (0..<20_000).map { mixing.view(seed: 3, epoch: 1, index: $0).share }
      #expect(abs(shares.reduce(0, +) / 20_000 - mean[1]) < 0.006)
      #expect(shares.allSatisfy { (0.5...1).contains($0) })
    }
    let faint = Augmentation(mixup: 0.01)
    #expect((0..<100).allSatisfy { (0.5...1).contains(faint.view(seed: 3, epoch: 1, index: $0).share) })
  }

  /// Over 65,536 bytes far from 0 and 255 the noise has mean 0 and the deviation asked for, and the next image, the next
  /// epoch and another seed have other noise.
  @Test func noiseHasItsDeviationAndRepeatsNowhere() {
    let even = ImagePlanes(planes: [UInt8](repeating: 128, count: ImagePlanes.planeSize))
    func noise(seed: UInt64 = 1, epoch: Int = 1, index: Int = 1) -> [Double] {
      let view = Augmentation(noise: 0.04).view(seed: seed, epoch: epoch, index: index)
      return ImageView(noise: view.noise).applied(to: even).planes.map { Double($0) - 128 }
    }
    func product(_ left: [Double], _ right: [Double]) -> Double {
      zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } / 65_536
    }
    let first = noise()
    #expect(abs(first.reduce(0, +) / 65_536) < 0.2)
    // Rounding to whole bytes adds 1/12 to the variance.
    #expect(abs(product(first, first).squareRoot() - (10.2 * 10.2 + 1 / 12.0).squareRoot()) < 0.15)
    for other in [noise(index: 2), noise(epoch: 2), noise(seed: 2), Array(first.dropFirst(16)) + first.prefix(16)] {
      #expect(abs(product(first, other)) < 2)
    }
  }

  /// What is added to a job's augmentation leaves the rest as it was drawn without it.
  @Test func drawsEachChangeByItself() {
    let parts = [
      Augmentation(angle: 15), Augmentation(scale: 0.2), Augmentation(noise: 0.05), Augmentation(mixup: 0.4),
      Augmentation(erase: Erasing(probability: 0.5)), Augmentation(shift: 7, brightness: 0.1),
    ]
    let all = Augmentation(
      flip: .both, rotate: .quarter, shift: 7, brightness: 0.1, angle: 15, scale: 0.2, noise: 0.05,
      erase: Erasing(probability: 0.5), mixup: 0.4)
    for index in 0..<30 {
      let whole = all.view(seed: 1, epoch: 2, index: index)
      let alone = parts.map { $0.view(seed: 1, epoch: 2, index: index) }
      #expect(whole.angle == alone[0].angle && whole.zoom == alone[1].zoom && whole.noise == alone[2].noise)
      #expect(whole.share == alone[3].share && whole.erased == alone[4].erased)
      #expect(whole.down == alone[5].down && whole.brightness == alone[5].brightness)
    }
  }

  /// A turn by a half is the symmetry, but for the last place of the cosine.
  @Test func turnsByAHalfAsTheSymmetryDoes() {
    let turned = ImageView(angle: 180).applied(to: Self.image(inColour: true)).planes
    let symmetric = Symmetry.halfTurn.applied(to: Self.image(inColour: true)).planes
    #expect(turned == symmetric)
  }

  static func image(inColour: Bool) -> ImagePlanes {
    let gray = ImageViewTests.pattern
    guard inColour else { return gray }
    let inverted = gray.planes.map { 255 - $0 }
    return ImagePlanes(planes: gray.planes + inverted + Symmetry.transposed.applied(to: gray).planes)
  }
}

/// What the witness says of some pixels.
struct PixelWitness: Decodable {
  var sum: Int
  var every1009th: [UInt8]

  static func thinned(_ pixels: [UInt8]) -> [UInt8] { stride(from: 0, to: pixels.count, by: 1009).map { pixels[$0] } }

  func describes(_ pixels: [UInt8]) -> Bool {
    pixels.reduce(0) { $0 + Int($1) } == sum && Self.thinned(pixels) == every1009th
  }
}

struct ViewWitness: Decodable {
  struct Warp: Decodable {
    var view: [Double]
    var near: [Double]
    var pixels: PixelWitness
  }
  struct Noise: Decodable {
    var deviation: Double
    var colour: Bool
    var pixels: PixelWitness
  }
  struct Hole: Decodable {
    var rectangle: [Int]
    var colour: Bool
    var pixels: PixelWitness
  }
  struct Mixed: Decodable {
    var share: Double
    var pixels: PixelWitness
  }

  var turns: [[Double]]
  var erased: [[Int]?]
  var shares: [Double]
  /// Parameter and mean.
  var meanShares: [[Double]]
  var warps: [Warp]
  var noise: [Noise]
  var holes: [Hole]
  var mixed: [Mixed]

  static func read() throws -> ViewWitness {
    let data = try #require(FileManager.default.contents(atPath: "\(Expected.folder)/views.json"))
    return try JSONDecoder().decode(ViewWitness.self, from: data)
  }

  static func rectangle(_ edges: [Int]) -> Rectangle {
    Rectangle(rows: edges[0]..<edges[1], columns: edges[2]..<edges[3])
  }

  /// Four letters, then a number, as RandomStream has it.
  static func stream(_ purpose: String, _ number: UInt64) -> UInt64 {
    purpose.utf8.reduce(0) { $0 << 8 | UInt64($1) } << 32 | number
  }
}
