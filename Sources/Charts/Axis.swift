import Foundation

/// One axis of a chart: which values it spans, and at which round ones it is marked.
struct Axis {
  let range: ClosedRange<Double>
  let ticks: [Double]
  private let step: Double

  /// The axis that shows `values`, with at most about `count` ticks.
  ///
  /// The step between ticks is 1, 2 or 5 times a power of ten (P. Heckbert, "Nice Numbers for Graph Labels",
  /// Graphics Gems, 1990).
  /// - Parameter wholeTicks: the range grows to the ticks beyond it; else it ends where the values end.
  init(_ values: ClosedRange<Double>, count: Int, wholeTicks: Bool, smallestStep: Double = 0) {
    let size = max(abs(values.lowerBound), abs(values.upperBound))
    let span = values.upperBound - values.lowerBound
    // Values that are all but equal are shown on the scale of their size, and next to nothing as zero.
    let shown = span > max(size * 1e-9, 1e-30) ? span : size > 1e-30 ? size : 1
    let step = max(Self.niceStep(shown / Double(count)), smallestStep)
    let first = wholeTicks ? (values.lowerBound / step).rounded(.down) : (values.lowerBound / step).rounded(.up)
    var last = wholeTicks ? (values.upperBound / step).rounded(.up) : (values.upperBound / step).rounded(.down)
    if wholeTicks, last == first { last += 1 }
    ticks = stride(from: first, through: max(first, last), by: 1).map { $0 * step }
    range = wholeTicks ? first * step...last * step : values
    self.step = step
  }

  /// With as many decimals as tell the ticks apart; in powers of ten where that would be long.
  func label(_ tick: Double) -> String {
    guard step >= 1e-4 else { return tick == 0 ? "0" : String(format: "%.3g", tick) }
    return tick.text(decimals: max(0, -Int(log10(step).rounded(.down))))
  }

  private static func niceStep(_ rough: Double) -> Double {
    let power = pow(10, log10(rough).rounded(.down))
    let factor = [1, 2, 5, 10].first { $0 * power >= rough * 0.999 } ?? 10
    return factor * power
  }
}

extension Double {
  /// The number with exactly so many decimals, in powers of ten from a million on; a minus sign as typographers
  /// set it, none before zero.
  func text(decimals: Int) -> String {
    guard abs(self) < 1e6 else { return String(format: "%.3g", self) }
    let digits = String(format: "%.\(decimals)f", abs(self))
    let isZero = digits.allSatisfy { $0 == "0" || $0 == "." }
    return self < 0 && !isZero ? "−" + digits : digits
  }
}
