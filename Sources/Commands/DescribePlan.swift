import Charts
import Kernels
import Networks
import Workers

/// One pass of a convolution: the algorithm that the plan chose, what its cost model expects of it and of the other
/// one, and what it takes on this machine.
struct PlanRow: Encodable {
  let layer: String
  let pass: PassChoice.Pass
  let algorithm: ConvolutionAlgorithm
  let estimatedMicroseconds: Double
  /// Of direct convolution, for comparison.
  let directEstimatedMicroseconds: Double
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
          directEstimatedMicroseconds: (choice.directEstimate / 1000).rounded(places: 1),
          measuredMicroseconds: times.first { $0.layer == name && $0.pass == choice.pass }?.microseconds
            .rounded(places: 1))
      }
    }
  }

  static func table(_ rows: [PlanRow]) -> String {
    var table = Table([
      .left("layer"), .left("pass"), .left("algorithm"), .right("expected us/image"), .right("direct expected"),
      .right("measured"),
    ])
    for row in rows {
      table.append([
        row.layer, row.pass.rawValue, row.algorithm.rawValue, "\(row.estimatedMicroseconds)",
        "\(row.directEstimatedMicroseconds)", row.measuredMicroseconds.map { "\($0)" } ?? "",
      ])
    }
    return table.text + "\n\none core; `convolution: direct` in a job's `training` section forces direct convolution"
  }
}

extension NetworkPlan {
  /// A layer's name, with what is fused into it.
  func name(of operation: PlannedOperation) -> String {
    layerNames[operation.layer] + (operation.fusesRectifier ? " + ReLU" : "")
      + (operation.fusesPooling ? " + pool" : "")
  }
}
