import Foundation
import Images
import TemporaryFolder
import Testing

/// Decoders that share memory.
@Suite struct DecodeMemoryTests {
  /// Each image of 400 x 300 takes 120 kB for its pixels, and nine times that with the decoder's own memory.
  @Test(arguments: [0, 1, 3 << 20, 1 << 30])
  func isNeverExceededButByAnImageAlone(limit: Int) async throws {
    let folder = try TemporaryFolder()
    for index in 0..<8 { try Data(blackPNG(width: 400 + 100 * index, height: 300)).write(to: url(folder, index)) }
    let memory = DecodeMemory(bytes: limit)
    let used = await withTaskGroup(of: Int?.self) { group in
      for path in (0..<24).map({ url(folder, $0 % 8).path }) {
        group.addTask {
          let image = (try? loadPlanes(path: path, memory: memory))?.planes
          return image == ImagePlanes(planes: [UInt8](repeating: 0, count: ImagePlanes.planeSize)) ? memory.used : nil
        }
      }
      return await group.reduce(into: []) { used, found in used.append(found) }
    }
    #expect(used.count == 24 && !used.contains(nil), "every image is decoded")
    #expect(used.allSatisfy { ($0 ?? 0) <= max(limit, 16 << 20) })
    #expect(memory.used == 0, "everything is given back")
  }

  @Test func givesBackWhatABadImageTook() throws {
    let folder = try TemporaryFolder()
    try Data(blackPNG(width: 400, height: 300).dropLast(40)).write(to: url(folder, 0))
    let memory = DecodeMemory(bytes: 1)
    for _ in 0..<3 {
      let error = imageError { () throws(ImageError) in try loadPlanes(path: url(folder, 0).path, memory: memory) }
      #expect(error?.name == "truncated")
    }
    #expect(memory.used == 0)
  }

  private func url(_ folder: TemporaryFolder, _ index: Int) -> URL { URL(fileURLWithPath: folder("\(index).png")) }
}
