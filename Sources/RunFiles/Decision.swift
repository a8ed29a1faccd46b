/// How the outputs of one checkpoint become answers: what `kiln evaluate --save-threshold` has chosen on the validation images
/// and puts beside the checkpoint, as `decision.json`.
public struct Decision: Codable, Sendable, Equatable {
  /// From this probability of class 1 on, an image is taken for class 1; nil for 0.5, and for more than two classes.
  public var threshold: Double?
  /// What the outputs are divided by before they become probabilities; nil for 1.
  public var temperature: Double?
  /// What the threshold was chosen for, in words: `recall 0.9`.
  public var aim: String?
  /// The part of the images that it was chosen on.
  public var part: String
  /// How many images those were.
  public var images: Int
  /// The `kiln.checksum` of the model that it was chosen for: it says nothing about another one.
  public var model: String

  public init(
    threshold: Double? = nil, temperature: Double? = nil, aim: String? = nil, part: String, images: Int, model: String
  ) {
    self.threshold = threshold
    self.temperature = temperature
    self.aim = aim
    self.part = part
    self.images = images
    self.model = model
  }

  /// The file's bytes; nil if a number is not finite.
  public var bytes: [UInt8]? { WireJSON.bytes(self) }

  /// What a file holds; nil if it is no decision, or its numbers make no sense.
  public init?(_ bytes: [UInt8]) {
    guard let decision = WireJSON.read(bytes, as: Decision.self),
      decision.threshold.map((0...1).contains) ?? true, decision.temperature.map({ $0 > 0 && $0.isFinite }) ?? true
    else { return nil }
    self = decision
  }
}
