import Kernels
import Tensors
import Testing

@Suite struct PackImagesTests {
  static let shape = Shape(channels: 3, height: 5, width: 7)
  static let scales = [
    PixelScale(mean: 0.5, deviation: 0.25), PixelScale(mean: 0, deviation: 1), PixelScale(mean: 0.1, deviation: 2),
  ]

  private func images(_ count: Int) -> [[UInt8]] {
    (0..<count).map { image in (0..<Self.shape.count).map { UInt8(truncatingIfNeeded: 37 * $0 + 91 * image) } }
  }

  /// (pixel / 255 - mean) / deviation, image by image into the lanes; lanes left over repeat the first image.
  @Test(arguments: [1, 3, 15, 16])
  func normalizesIntoLanes(count: Int) throws {
    let images = images(count)
    let sheet = try Sheet(Self.shape, halo: .init(rows: 1, columns: 2))
    for rows in [3..<5, 0..<1, 1..<3] { packImages(rows: rows, images, scales: Self.scales, into: sheet.view) }
    let means = [0.5, 0, 0.1]
    let deviations = [0.25, 1, 2]
    for index in 0..<Self.shape.count {
      let channel = index / 35
      for lane in 0..<laneCount {
        let pixel = Double(images[lane < count ? lane : 0][index])
        // Scale and offset are rounded to Float.
        #expect(abs(sheet[index][lane] - (pixel / 255 - means[channel]) / deviations[channel]) < 1e-6)
      }
    }
    #expect(sheet.isUntouchedAround())
  }

  /// Beside images of three planes, in any lane, and alone.
  @Test(arguments: [[0], [1], [0, 2], [0, 1, 2]])
  func aGrayImageIsOnePlaneForAllChannels(gray: [Int]) throws {
    var expanded = images(3)
    var stored = expanded
    for index in gray {
      stored[index] = Array(expanded[index].prefix(35))
      expanded[index] = stored[index] + stored[index] + stored[index]
    }
    let (sheet, expected) = (try Sheet(Self.shape), try Sheet(Self.shape))
    packImages(rows: 0..<5, stored, scales: Self.scales, into: sheet.view)
    packImages(rows: 0..<5, expanded, scales: Self.scales, into: expected.view)
    for index in 0..<Self.shape.count { #expect(sheet[index] == expected[index]) }
  }

  @Test func fillsTheRowsThatItIsGiven() throws {
    let sheet = try Sheet(Self.shape)
    packImages(rows: 2..<3, images(2), scales: Self.scales, into: sheet.view)
    for index in 0..<Self.shape.count {
      let isGiven = index / 7 % 5 == 2
      #expect((sheet[index] == Sheet.sentinel) != isGiven)
    }
  }
}
