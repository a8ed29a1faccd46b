public import Configuration

/// The base rate throughout.
public struct ConstantSchedule: Schedule {
  public static let keyword = "constant"
  public static let summary = "The same rate throughout."

  public init() {}
  public init(reading fields: inout Fields) throws(ConfigurationError) {}

  public var settings: KeyValuePairs<String, JSON?> { [:] }

  public func rate(base: Double, at moment: ScheduleMoment) -> Double { base }
}
