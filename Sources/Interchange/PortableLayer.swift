import Networks
import Tensors

/// The axes of a value behind that of the images. Kiln has a sequence as an image of one row; other programs have axes for
/// channels and length alone.
enum Axes: Sendable {
  case image
  case sequence
  case list

  /// Their lengths.
  func sizes(of shape: Shape) -> [Int] {
    switch self {
    case .image: [shape.channels, shape.height, shape.width]
    case .sequence: [shape.channels, shape.width]
    case .list: [shape.count]
    }
  }
}

/// A layer in the words of other programs. Every layer of the catalogue has an extension that says them.
protocol PortableLayer {
  /// What it has to be given, if it is offered these.
  func reads(_ axes: Axes) -> Axes
  /// What it makes of those that it reads.
  func makes(_ axes: Axes) -> Axes
  /// Adds its nodes to an ONNX graph.
  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph)
  /// The module of `torch.nn` that computes it.
  func module(_ place: LayerPlace) -> String
}

extension PortableLayer {
  func reads(_ axes: Axes) -> Axes { axes }
  func makes(_ axes: Axes) -> Axes { axes }
}

/// A layer of a network, with what flows into it.
struct LayerPlace {
  let planned: NetworkPlan.PlannedLayer
  let layer: any PortableLayer
  /// What the layer before it makes.
  let offered: Axes
  /// What it reads, which is brought into this form first.
  let axes: Axes

  var index: Int { planned.index }
  var input: Shape { planned.input }
  var output: Shape { planned.output }
  var mustConvert: Bool { offered != axes }
}

/// The layers of a network as other programs see them.
struct PortableNetwork {
  let layers: [LayerPlace]
  /// What the last layer makes.
  let axes: Axes

  /// - Parameter format: for an error.
  /// - Throws: `.layer` if a layer has no words.
  init(_ plan: NetworkPlan, format: String) throws(InterchangeError) {
    var axes = Axes.image
    var layers: [LayerPlace] = []
    for planned in plan.layers {
      guard let layer = planned.layer as? any PortableLayer else {
        throw .layer(index: planned.index, keyword: planned.keyword, format: format)
      }
      let place = LayerPlace(planned: planned, layer: layer, offered: axes, axes: layer.reads(axes))
      layers.append(place)
      axes = layer.makes(place.axes)
    }
    self.layers = layers
    self.axes = axes
  }
}
