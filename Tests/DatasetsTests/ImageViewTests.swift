import Datasets
import Images
import Testing

@Suite struct ImageViewTests {
  @Test func drawsAsNumPyDoes() throws {
    let augmentation = Augmentation(shift: 12, brightness: 0.25, contrast: 0.5)
    for (index, values) in try Expected.read().views.enumerated() {
      let view = augmentation.view(seed: 7, epoch: 3, index: index)
      #expect([Double(view.down), Double(view.across), view.brightness, view.contrast] == values)
      #expect(view.symmetry == .identity)
    }
  }

  @Test func changesPixelsAsNumPyDoes() throws {
    for change in try Expected.read().changes {
      let wish = change.view
      let view = ImageView(down: Int(wish[0]), across: Int(wish[1]), brightness: wish[2], contrast: wish[3])
      let pixels = view.applied(to: Self.pattern).planes
      #expect(pixels.reduce(0) { $0 + Int($1) } == change.sum)
      #expect(stride(from: 0, to: pixels.count, by: 1009).map { pixels[$0] } == change.every1009th)
    }
  }

  /// What is added to a job's augmentation leaves the symmetries as they were drawn without it.
  @Test func drawsEachChangeByItself() {
    let turns = Augmentation(flip: .both, rotate: .quarter)
    let all = Augmentation(flip: .both, rotate: .quarter, shift: 9, brightness: 0.1, contrast: 0.1)
    let lit = Augmentation(brightness: 0.1)
    for index in 0..<50 {
      let view = all.view(seed: 1, epoch: 2, index: index)
      #expect(view.symmetry == turns.view(seed: 1, epoch: 2, index: index).symmetry)
      #expect(view.brightness == lit.view(seed: 1, epoch: 2, index: index).brightness)
    }
  }

  @Test func leavesOutWhatIsNotAskedFor() {
    for index in 0..<50 { #expect(Augmentation().view(seed: 1, epoch: 2, index: index) == .identity) }
  }

  @Test func reachesEveryMoveWithinItsBounds() {
    let views = (0..<4000).map { Augmentation(shift: 2).view(seed: 3, epoch: 0, index: $0) }
    #expect(Set(views.map(\.down)) == [-2, -1, 0, 1, 2])
    #expect(Set(views.map { [$0.down, $0.across] }).count == 25)
  }

  /// Colour planes move together, and are lit by one mean.
  @Test func treatsColourPlanesAlike() {
    let side = ImagePlanes.side
    let gray = Self.pattern.planes
    let inverted = gray.map { 255 - $0 }
    let colour = ImagePlanes(planes: gray + inverted + gray).moved(down: 7, across: -3).planes
    #expect(Array(colour[..<(side * side)]) == Self.pattern.moved(down: 7, across: -3).planes)
    #expect(colour[(side * side)..<(2 * side * side)].elementsEqual(colour[..<(side * side)].map { 255 - $0 }))
    let whole = gray + inverted + gray
    let mean = (Double(whole.reduce(0) { $0 + Int($1) }) / Double(whole.count)).rounded()
    let lit = ImagePlanes(planes: whole).relit(brightness: 1, contrast: 0.5).planes
    #expect(Double(lit[0]) == ((mean + Double(whole[0])) / 2 + 0.5).rounded(.down))
    #expect(Double(lit[side * side]) == ((mean + Double(whole[side * side])) / 2 + 0.5).rounded(.down))
  }

  static let pattern: ImagePlanes = {
    let side = ImagePlanes.side
    let bytes = (0..<(side * side)).map { offset in
      let (row, column) = (offset / side, offset % side)
      return UInt8((7 * row + 3 * column + row * column / 50) % 251)
    }
    return ImagePlanes(planes: bytes)
  }()
}
