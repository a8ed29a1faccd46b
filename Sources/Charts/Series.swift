/// A value at a place on the horizontal axis.
struct Point: Equatable {
  var x: Double
  var y: Double
}

/// How a chart thins out, and judges, a noisy curve. Points are in the order of x.
enum Series {
  /// Exponentially weighted means with a span of `count / 60` points, at least 3: one forwards, and over it one
  /// backwards, which undoes the delay of the first. Thinned to about `limit` points.
  static func smoothed(_ points: [Point], limit: Int = 600) -> [Point] {
    let keep = 1 - 2 / (Double(max(3, points.count / 60)) + 1)
    let forwards = means(points.map(\.y), keep: keep)
    let smooth = Array(means(forwards.reversed(), keep: keep).reversed())
    let stride = max(1, (points.count + limit - 1) / limit)
    return points.indices.filter { $0 % stride == 0 || $0 == points.count - 1 }
      .map { Point(x: points[$0].x, y: smooth[$0]) }
  }

  /// Started without bias, as Adam corrects its moments.
  private static func means(_ values: [Double], keep: Double) -> [Double] {
    var sum = 0.0
    var weight = 0.0
    return values.map { value in
      sum = sum * keep + value
      weight = weight * keep + 1
      return sum / weight
    }
  }

  /// The least and the greatest of every so many points: looks like the whole curve, at about `limit` points.
  static func envelope(_ points: [Point], limit: Int = 1600) -> [Point] {
    guard points.count > limit else { return points }
    let stride = (2 * points.count + limit - 1) / limit
    var result: [Point] = []
    for start in Swift.stride(from: 0, to: points.count, by: stride) {
      let part = points[start..<min(start + stride, points.count)]
      let extremes = [part.min { $0.y < $1.y }, part.max { $0.y < $1.y }].compactMap { $0 }
      result += extremes.sorted { $0.x < $1.x }
    }
    return result
  }

  /// The greatest value, unless it is out of all proportion to 95% of them: then what bounds those with some room.
  static func usualMaximum(of points: [Point]) -> Double? {
    guard let greatest = quantile(1, of: points), let usual = quantile(0.95, of: points) else { return nil }
    return usual > 0 && greatest > 4 * usual ? 1.5 * usual : greatest
  }

  /// The value below which a share of the points lies.
  static func quantile(_ share: Double, of points: [Point]) -> Double? {
    let sorted = points.map(\.y).sorted()
    return sorted.isEmpty ? nil : sorted[Int(share * Double(sorted.count - 1))]
  }
}
