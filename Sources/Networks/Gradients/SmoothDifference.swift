/// The derivative of a function at 0 by central differences, where the function has one.
///
/// A network is made of smooth pieces that meet in kinks: a ReLU at 0, two equal values under a max pooling. Differences
/// across a kink say nothing about the gradient on either side. What tells is how the slope changes: on a smooth piece the
/// slopes to the right and to the left differ by the step times the curvature, so half the step halves the difference. Where
/// it does not, the step is made smaller, and at last the place is given up.
package struct SmoothDifference {
  /// Large steps round less, small ones meet fewer kinks.
  static let steps = [1e-4, 1e-5, 1e-6, 1e-7]
  /// What a change of slope that is not curvature may be, of the slope or of the scale.
  static let tolerance = 4e-6

  /// What a derivative is small against.
  let scale: Double
  /// Where to begin among the steps: with the one that the last place took.
  private var first = 0

  package init(scale: Double) {
    self.scale = scale
  }

  /// - Parameter center: f(0).
  /// - Returns: (4 D(h/2) - D(h)) / 3, whose error is of the order h^4 (Richardson); nil near a kink.
  package mutating func derivative(center: Double, _ f: (Double) -> Double) -> Double? {
    for index in first..<Self.steps.count {
      let step = Self.steps[index]
      let wide = Slopes(center: center, step: step, f)
      let narrow = Slopes(center: center, step: step / 2, f)
      let size = max(scale, abs(narrow.left), abs(narrow.right))
      if abs(wide.change - 2 * narrow.change) <= Self.tolerance * size {
        first = index
        return (4 * narrow.mean - wide.mean) / 3
      }
    }
    return nil
  }

  private struct Slopes {
    let left: Double
    let right: Double

    init(center: Double, step: Double, _ f: (Double) -> Double) {
      right = (f(step) - center) / step
      left = (center - f(-step)) / step
    }

    var mean: Double { (left + right) / 2 }
    var change: Double { right - left }
  }
}
