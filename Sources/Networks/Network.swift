public import Configuration

/// A network as it is written: a list of layers, each with its place in the file if it came from one.
public struct Network: Sendable {
  /// The preset's name, if it is one.
  public let preset: String?
  public let layers: [PlacedLayer]

  public struct PlacedLayer: Sendable {
    public let layer: any Layer
    public let place: Place?
  }

  public init(_ layers: [any Layer], preset: String? = nil) {
    self.preset = preset
    self.layers = layers.map { PlacedLayer(layer: $0, place: nil) }
  }

  /// The preset of this name.
  public init?(preset name: String) {
    guard let preset = Network.presets.first(where: { $0.name == name }) else { return nil }
    self.init(preset.layers, preset: name)
  }

  /// Reads a preset's name or a list of layers.
  public init(_ node: Node) throws(ConfigurationError) {
    if let elements = node.elements {
      guard !elements.isEmpty else {
        throw node.error(
          "a network needs at least one layer", hint: "write a preset's name, such as `homework`, or a list of layers")
      }
      var layers: [PlacedLayer] = []
      for element in elements {
        layers.append(PlacedLayer(layer: try layerCatalogue.read(element), place: element.place))
      }
      self.layers = layers
      preset = nil
      return
    }
    let name = try node.choice("network", of: Network.presets.map(\.name))
    guard let network = Network(preset: name) else { throw node.error("no preset is called `\(name)`") }
    self = network
  }
}
