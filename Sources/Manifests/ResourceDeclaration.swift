public import Configuration

/// The `resources` section.
public struct ResourceDeclaration: Configurable, Equatable {
  public static let keyword = "resources"
  public static let summary = "What of the machine the job uses; the result is the same whatever is given."

  /// Nil for all cores.
  public var threads: Int?

  public init(reading fields: inout Fields) throws(ConfigurationError) {
    threads = try fields.optionalInteger("threads", in: 1...1024, "Threads that compute; left out, one for each core.")
  }
}
