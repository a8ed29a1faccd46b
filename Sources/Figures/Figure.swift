/// A number that says how good a network is.
public enum Figure: String, Sendable, CaseIterable, Codable {
  /// The mean over images.
  case loss
  /// Share of the images whose class was told.
  case accuracy
  /// The mean of the classes' recalls.
  case balancedAccuracy
  /// Of class 1 where there are two, else the mean over classes.
  case precision, recall, f1
  case macroPrecision, macroRecall, macroF1
  /// The area under the receiver operating characteristic; of more than two classes, the mean of each against the rest.
  case rocAuc
  /// The average precision; of more than two classes, the mean of each against the rest.
  case prAuc
  /// The expected calibration error: how far confidence is from accuracy.
  case calibrationError

  public var isBetterWhenLower: Bool { self == .loss || self == .calibrationError }

  /// Whether `value` is better than `other` by more than `change`; nothing is better than NaN, and any number than nil.
  public func isBetter(_ value: Double, than other: Double?, by change: Double = 0) -> Bool {
    guard let other else { return !value.isNaN }
    return isBetterWhenLower ? value < other - change : value > other + change
  }
}
