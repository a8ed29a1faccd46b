import Configuration
import Networks

// Layers with a window. Kiln rounds the number of windows down, as ONNX's `ceil_mode` 0 and PyTorch's default do; only
// convolutions pad.

extension Conv2d: PortableLayer {
  func reads(_ axes: Axes) -> Axes { .image }

  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) {
    graph.add("Conv", parameters: hasBias ? ["weight", "bias"] : ["weight"], window.attributes(pads: true), at: place)
  }

  func module(_ place: LayerPlace) -> String {
    Python.module("Conv2d", [Python.whole(place.input.channels), Python.whole(channels)] + window.arguments(hasBias))
  }
}

extension Conv1d: PortableLayer {
  func reads(_ axes: Axes) -> Axes { .sequence }

  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) {
    graph.add("Conv", parameters: hasBias ? ["weight", "bias"] : ["weight"], window.attributes(pads: true), at: place)
  }

  func module(_ place: LayerPlace) -> String {
    Python.module("Conv1d", [Python.whole(place.input.channels), Python.whole(channels)] + window.arguments(hasBias))
  }
}

extension MaxPool2d: PortableLayer {
  func reads(_ axes: Axes) -> Axes { .image }
  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) {
    graph.add("MaxPool", window.attributes(pads: false), at: place)
  }
  func module(_ place: LayerPlace) -> String { Python.module("MaxPool2d", window.arguments) }
}

extension MaxPool1d: PortableLayer {
  func reads(_ axes: Axes) -> Axes { .sequence }
  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) {
    graph.add("MaxPool", window.attributes(pads: false), at: place)
  }
  func module(_ place: LayerPlace) -> String { Python.module("MaxPool1d", window.arguments) }
}

extension AvgPool2d: PortableLayer {
  func reads(_ axes: Axes) -> Axes { .image }
  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) {
    graph.add("AveragePool", window.attributes(pads: false), at: place)
  }
  func module(_ place: LayerPlace) -> String { Python.module("AvgPool2d", window.arguments) }
}

extension AvgPool1d: PortableLayer {
  func reads(_ axes: Axes) -> Axes { .sequence }
  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) {
    graph.add("AveragePool", window.attributes(pads: false), at: place)
  }
  func module(_ place: LayerPlace) -> String { Python.module("AvgPool1d", window.arguments) }
}

extension Optional<LayerWindow> {
  /// ONNX has the padding of every side: those at the beginnings of the axes first.
  fileprivate func attributes(pads: Bool) -> [OnnxAttribute] {
    guard let self else { return [] }
    let sides = self.numbers(self.padding)
    let shape: [OnnxAttribute] = [
      .ints("kernel_shape", self.numbers(self.kernel)), .ints("strides", self.numbers(self.stride)),
    ]
    return pads ? shape + [.ints("pads", sides + sides)] : shape
  }

  /// Of a pooling.
  fileprivate var arguments: [String] {
    guard let self else { return [] }
    let stride = self.stride == self.kernel ? [] : ["stride=\(self.python(self.stride))"]
    return [self.python(self.kernel)] + stride
  }

  /// Of a convolution.
  fileprivate func arguments(_ hasBias: Bool) -> [String] {
    guard let self else { return [] }
    var arguments = [self.python(self.kernel)]
    if self.numbers(self.stride).contains(where: { $0 != 1 }) { arguments.append("stride=\(self.python(self.stride))") }
    if self.numbers(self.padding).contains(where: { $0 != 0 }) {
      arguments.append("padding=\(self.python(self.padding))")
    }
    return hasBias ? arguments : arguments + ["bias=False"]
  }
}

extension LayerWindow {
  fileprivate func numbers(_ pair: Pair) -> [Int] { isOneDimensional ? [pair.width] : [pair.height, pair.width] }

  /// One number where one says it all.
  fileprivate func python(_ pair: Pair) -> String {
    isOneDimensional || pair.height == pair.width ? "\(pair.width)" : "(\(pair.height), \(pair.width))"
  }
}
