import DurableFiles
import Images

extension ImagePlanes {
  /// Whether each plane has one value throughout.
  var isUniform: Bool {
    stride(from: 0, to: planes.count, by: Self.planeSize).allSatisfy { start in
      let first = planes[start]
      return planes[start..<start + Self.planeSize].allSatisfy { $0 == first }
    }
  }

  var checksum: UInt64 { planes.withUnsafeBytes { wideChecksum($0) } }
}
