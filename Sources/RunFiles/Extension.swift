/// Epochs that a finished run was trained for beyond its job, because somebody asked for them.
public struct Extension: Codable, Sendable, Equatable {
  /// Epochs of the run before: those of the job, or fewer if it had stopped early, and those of earlier extensions.
  public var after: Int
  /// Epochs that it adds.
  public var epochs: Int
  /// At which these are trained, from the first to the last.
  public var learningRate: Double
  /// How often the run had gone back by then because it had diverged, which had reduced its rates.
  public var divergences: Int

  public init(after: Int, epochs: Int, learningRate: Double, divergences: Int = 0) {
    self.after = after
    self.epochs = epochs
    self.learningRate = learningRate
    self.divergences = divergences
  }

  /// Epochs of the run with it.
  public var end: Int { after + epochs }

  /// What `extensions.json` holds; nil unless each begins where the one before ends.
  public static func list(_ bytes: [UInt8]) -> [Extension]? {
    guard let list = WireJSON.read(bytes, as: [Extension].self) else { return nil }
    var end: Int?
    for one in list {
      guard one.after >= 0, one.epochs > 0, one.end <= 1_000_000, one.learningRate > 0, one.learningRate.isFinite,
        one.divergences >= 0, end.map({ one.after <= $0 }) ?? true
      else { return nil }
      end = one.end
    }
    return list
  }

  /// The file's bytes; nil if a rate is not finite.
  public static func bytes(_ list: [Extension]) -> [UInt8]? { WireJSON.bytes(list) }
}
