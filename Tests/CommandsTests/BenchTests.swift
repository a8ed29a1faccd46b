import Commands
import Tensors
import Testing

/// What `kiln bench` measures on.
@Suite struct BenchTests {
  /// However large the batch is, every image is whole, and all have the same bytes in another order.
  @Test func noiseHasNoEnd() {
    let shape = Shape(channels: 3, height: 64, width: 33)
    let images = noise(shape, count: 300)
    #expect(images.count == 300 && images.allSatisfy { $0.count == shape.count })
    let bytes = images[0].sorted()
    #expect(images.allSatisfy { $0.sorted() == bytes })
    #expect(images[1] != images[0] && images[299] != images[298])
  }
}
