public import Configuration

/// The `onDivergence` section: what a run does that has diverged, instead of ending.
public struct DivergenceDeclaration: Described, Equatable {
  public static let keyword = "onDivergence"
  public static let summary = "Goes back to the best checkpoint, or to the start, and on with a lower rate."

  public let reduceRate: Double
  /// 0 ends the run at the first divergence.
  public let retries: Int

  public static let never = DivergenceDeclaration(reduceRate: 0.5, retries: 0)

  public init(reduceRate: Double = 0.5, retries: Int) {
    self.reduceRate = reduceRate
    self.retries = retries
  }

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    reduceRate = try fields.number(
      "reduceRate", in: 0.001...0.99, default: 0.5, "What every later rate is multiplied by.")
    retries = try fields.integer("retries", in: 0...100, default: 0, "How often that may happen in a run.")
  }

  public var settings: KeyValuePairs<String, JSON?> { ["reduceRate": .number(reduceRate), "retries": .whole(retries)] }
}
