import Charts
import Configuration
import Foundation
import Networks

/// Section 4 of the homework: the gradient of batch normalization, three ways.
struct BatchNormTopic: Lesson {
  static let name = "batchnorm"
  static let summary = "the gradient of batch normalization by formula, by the layer and by differences"

  private static let x = [1.0, 2.5, -0.5, 4, 3, 0.25]
  private static let slopes = [0.5, -1, 0.25, 1.5, -0.75, 0.1]
  private static let (gamma, beta, eps) = (1.5, -0.25, 1e-5)

  init(_ arguments: [String]) throws {
    guard arguments.isEmpty else { throw LessonError.arguments("batchnorm takes no arguments") }
  }

  /// dL/dx for each value, then dL/dgamma and dL/dbeta.
  private static var byFormula: [Double] {
    let n = Double(x.count)
    let mean = x.reduce(0, +) / n
    let deviation = (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n + eps).squareRoot()
    let xhat = x.map { ($0 - mean) / deviation }
    let dbeta = slopes.reduce(0, +)
    let dgamma = zip(slopes, xhat).reduce(0) { $0 + $1.0 * $1.1 }
    let dx = zip(slopes, xhat).map { gamma / (n * deviation) * (n * $0 - dbeta - $1 * dgamma) }
    return dx + [dgamma, dbeta]
  }

  private static func network(gamma: Double = gamma, beta: Double = beta) throws -> SequenceNetwork {
    try SequenceNetwork([BatchNorm(eps: eps)], length: 1, parameters: [[gamma], [beta]])
  }

  private static func byLayer() throws -> [Double] {
    let gradients = try network().gradients(x.map { [$0] }, slopes: slopes.map { [$0] })
    return gradients.sequences.flatMap { $0 } + gradients.parameters.flatMap { $0 }
  }

  /// L = the sum of dL/dy_i y_i, so that its derivative by y_i is what was given.
  private static func loss(_ x: [Double], gamma: Double = gamma, beta: Double = beta) throws -> Double {
    let y = try network(gamma: gamma, beta: beta).outputs(x.map { [$0] })
    return zip(y, slopes).reduce(0) { $0 + $1.0[0] * $1.1 }
  }

  private static func byDifferences() throws -> [Double] {
    let step = 1e-5
    let dx = try x.indices.map { index in
      var (above, below) = (x, x)
      above[index] += step
      below[index] -= step
      return try (loss(above) - loss(below)) / (2 * step)
    }
    let dgamma = try (loss(x, gamma: gamma + step) - loss(x, gamma: gamma - step)) / (2 * step)
    let dbeta = try (loss(x, beta: beta + step) - loss(x, beta: beta - step)) / (2 * step)
    return dx + [dgamma, dbeta]
  }

  func text() throws -> String {
    var table = Table([
      .left("  gradient"), .right("x"), .right("dL/dy"), .right("by formula"), .right("by the layer"),
      .right("by differences"),
    ])
    let (formula, layer, differences) = (Self.byFormula, try Self.byLayer(), try Self.byDifferences())
    for index in formula.indices {
      let isValue = index < Self.x.count
      let name = isValue ? "dL/dx\(index + 1)" : index == Self.x.count ? "dL/dgamma" : "dL/dbeta"
      table.append([
        "  \(name)", isValue ? paper(Self.x[index]) : "", isValue ? paper(Self.slopes[index]) : "",
        fixed(formula[index], 8), fixed(layer[index], 8), fixed(differences[index], 8),
      ])
    }
    return """
      xhat = (x - mean) / sqrt(var + eps)     y = gamma xhat + beta

        dL/dbeta  = sum of dL/dy_i
        dL/dgamma = sum of dL/dy_i xhat_i
        dL/dx_i   = gamma / (n sqrt(var + eps)) (n dL/dy_i - dL/dbeta - xhat_i dL/dgamma)

      For \(Self.x.count) values of one channel, gamma = \(paper(Self.gamma)), beta = \(paper(Self.beta)), eps = \(Self.eps):

      \(table.text)

      Differences are central, with a step of 0.00001, through the layer's own forward pass.
      """
  }
}
