import Charts
import Kernels
import Networks
import Workers

/// One pass of a convolution: the algorithm that the plan chose, what its cost model expects of it and of the others,
/// and what it takes on this machine.
struct PlanRow: Encodable {
  let layer: String
  let pass: PassChoice.Pass
  let algorithm: ConvolutionAlgorithm
  let estimatedMicroseconds: Double
  /// Of every algorithm that can compute the layer. The least decides, unless a pooling that can be fused tips the balance.
  let estimates: [String: Double]
  /// For one image on one core.
  let measuredMicroseconds: Double?

  static func rows(_ plan: NetworkPlan) throws -> [PlanRow] {
    let times = try LayerTimes(plan, team: Team(threads: 1)).measure(packs: 3)
    return plan.operations.flatMap { operation in
      let name = plan.name(of: operation)
      return operation.choices.map { choice in
        PlanRow(
          layer: name, pass: choice.pass, algorithm: choice.algorithm,
          estimatedMicroseconds: (choice.estimate / 1000).rounded(places: 1),
          estimates: Dictionary(
            uniqueKeysWithValues: choice.estimates.map { ($0.key.rawValue, ($0.value / 1000).rounded(places: 1)) }),
          measuredMicroseconds: times.first { $0.layer == name && $0.pass == choice.pass }?.microseconds
            .rounded(places: 1))
      }
    }
  }

  static func table(_ rows: [PlanRow]) -> String {
    var table = Table(
      [
        .left("layer"), .left("pass"), .left("algorithm"),
      ] + ConvolutionAlgorithm.allCases.map { .right($0.rawValue) } + [.right("measured")])
    for row in rows {
      table.append(
        [
          row.layer, row.pass.rawValue, row.algorithm.rawValue,
        ] + ConvolutionAlgorithm.allCases.map { row.estimates[$0.rawValue].map { "\($0)" } ?? "" }
          + [row.measuredMicroseconds.map { "\($0)" } ?? ""])
    }
    return table.text
      + "\n\nexpected and measured us/image, one core; `convolution: direct` in a job's `training` section forces direct convolution"
  }
}

extension NetworkPlan {
  /// A layer's name, with what is fused into it.
  func name(of operation: PlannedOperation) -> String {
    layerNames[operation.layer] + (operation.fusesRectifier ? " + ReLU" : "")
      + (operation.fusesPooling ? " + pool" : "")
  }
}
