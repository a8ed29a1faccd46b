import Images
import Kernels
import Tensors

/// Random erasing: a rectangle of some images is painted over, so that the network learns to do without any one place.
///
/// Zhong, Zheng, Kang, Li, Yang, "Random erasing data augmentation", AAAI 2020; as `torchvision.transforms.RandomErasing`
/// with its defaults, but for the paint, which is the image's mean here.
public struct Erasing: Sendable, Equatable {
  /// Of an image to lose a rectangle.
  public var probability: Double
  /// The rectangle's greatest share of the area.
  public var area: Double

  public static let leastArea = 0.02
  public static let standardArea = 0.33
  /// Height to width, at most; width to height too.
  static let greatestRatio = 3.3

  public init(probability: Double = 0, area: Double = standardArea) {
    self.probability = probability
    self.area = area
  }

  /// The rectangle that an image loses in an epoch; nil if it loses none. Its share of the area is uniform, the logarithm
  /// of its ratio too, and so are the places where it lies within the image. What would be longer than a side is cut.
  func rectangle(seed: UInt64, epoch: Int, index: Int) -> Rectangle? {
    guard probability > 0 else { return nil }
    let random = CounterRandom(seed: seed, stream: RandomStream.erasing(epoch))
    let first = 5 * UInt64(index)
    guard random.uniform(at: first) < probability else { return nil }
    let side = Double(ImagePlanes.side)
    let share = Self.leastArea + max(area - Self.leastArea, 0) * random.uniform(at: first + 1)
    let range = Elementary.log(Self.greatestRatio)
    let ratio = Elementary.exp(range * (2 * random.uniform(at: first + 2) - 1))
    let height = Int(min(max((side * (share * ratio).squareRoot()).rounded(), 1), side))
    let width = Int(min(max((side * (share / ratio).squareRoot()).rounded(), 1), side))
    let top = random.index(below: ImagePlanes.side - height + 1, at: first + 3)
    let left = random.index(below: ImagePlanes.side - width + 1, at: first + 4)
    return Rectangle(rows: top..<top + height, columns: left..<left + width)
  }
}

/// A part of an image.
public struct Rectangle: Sendable, Equatable {
  public var rows: Range<Int>
  public var columns: Range<Int>

  public init(rows: Range<Int>, columns: Range<Int>) {
    self.rows = rows
    self.columns = columns
  }
}

extension ImagePlanes {
  /// With the mean of each plane in a rectangle, rounded (halves up).
  func erased(_ rectangle: Rectangle) -> ImagePlanes {
    var planes = planes
    for plane in stride(from: 0, to: planes.count, by: Self.planeSize) {
      let sum = planes[plane..<plane + Self.planeSize].reduce(0) { $0 + Int($1) }
      let mean = UInt8((2 * sum + Self.planeSize) / (2 * Self.planeSize))
      for row in rectangle.rows {
        let first = plane + row * Self.side
        for column in rectangle.columns { planes[first + column] = mean }
      }
    }
    return ImagePlanes(planes: planes)
  }
}
