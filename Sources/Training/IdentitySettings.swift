import Configuration
import Datasets
import Images
import Networks

/// What an identity says, read back into values.
extension RunIdentity {
  func network() throws(ConfigurationError) -> Network {
    try Network(Self.node(member("network") ?? .array([])))
  }

  /// The default where the identity does not say.
  func loss() throws(ConfigurationError) -> any Loss {
    guard let loss = member("training")?.member("loss") else { return BinaryCrossEntropy() }
    return try lossCatalogue.read(Self.node(loss))
  }

  func convolution() throws(ConfigurationError) -> ConvolutionChoice {
    guard case .string(let word)? = member("training")?.member("convolution") else { return .automatic }
    return ConvolutionChoice(rawValue: word) ?? .automatic
  }

  /// How the run's files became squares.
  func reading() throws(ConfigurationError) -> ImageReading {
    guard case .object(let members)? = member("data") else { return ImageReading() }
    let images: [(key: String, value: JSON)] = [(key: "images", value: ".")]
    let settings = members.filter { Self.dataKeys.contains($0.key) }
    let declared = try Self.node(.object(images + settings)).read(DataDeclaration.self).reading
    return isOfEarlierDecoding && declared == ImageReading() ? .earlier : declared
  }

  /// It is of before there were keys that say how files become squares.
  var isOfEarlierDecoding: Bool { member("data")?.member("decoding") == nil }

  private func member(_ key: String) -> JSON? { json.member(key) }

  private static func node(_ value: JSON) throws(ConfigurationError) -> Node {
    try Document.parse(value.line, file: key)
  }
}

extension JSON {
  fileprivate func member(_ key: String) -> JSON? {
    if case .object(let members) = self { members.first { $0.key == key }?.value } else { nil }
  }
}
