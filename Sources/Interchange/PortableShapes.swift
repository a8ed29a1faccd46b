import Networks

// Layers that change the axes or sum over all values, and those that look at each channel.

extension Rows: PortableLayer {
  /// Row y of channel c becomes channel c * H + y: both axes become one. Of a sequence nothing changes.
  func makes(_ axes: Axes) -> Axes { .sequence }

  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) {
    if place.axes == .image { graph.reshape(to: Axes.sequence.sizes(of: place.output), "rows", at: place) }
  }

  func module(_ place: LayerPlace) -> String {
    place.axes == .image ? Python.module("Flatten", ["1", "2"]) : Python.module("Identity")
  }
}

extension Flatten: PortableLayer {
  func makes(_ axes: Axes) -> Axes { .list }
  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) {
    graph.add("Flatten", [.int("axis", 1)], at: place)
  }
  func module(_ place: LayerPlace) -> String { Python.module("Flatten") }
}

extension GlobalAvgPool: PortableLayer {
  func makes(_ axes: Axes) -> Axes { .list }

  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) {
    graph.add("GlobalAveragePool", as: "mean", at: place)
    graph.add("Flatten", [.int("axis", 1)], at: place)
  }

  /// A module of two, so that the numbers of the modules stay those of the layers.
  func module(_ place: LayerPlace) -> String {
    let pooling = place.axes == .sequence ? "AdaptiveAvgPool1d" : "AdaptiveAvgPool2d"
    return Python.module("Sequential", [Python.module(pooling, ["1"]), Python.module("Flatten")])
  }
}

extension Linear: PortableLayer {
  func reads(_ axes: Axes) -> Axes { .list }

  /// Gemm is input * weight + bias; PyTorch's weight, which is Kiln's, has a row for each output.
  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) {
    graph.add("Gemm", parameters: hasBias ? ["weight", "bias"] : ["weight"], [.int("transB", 1)], at: place)
  }

  func module(_ place: LayerPlace) -> String {
    let sizes = [Python.whole(place.input.count), Python.whole(outputs)]
    return Python.module("Linear", hasBias ? sizes : sizes + ["bias=False"])
  }
}

extension BatchNorm: PortableLayer {
  /// By the running statistics.
  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) {
    graph.add(
      "BatchNormalization", parameters: ["weight", "bias", "running_mean", "running_var"],
      [.float("epsilon", Float(eps))], at: place)
  }

  func module(_ place: LayerPlace) -> String {
    let name = place.axes == .image ? "BatchNorm2d" : "BatchNorm1d"
    var arguments = [Python.whole(place.input.channels)]
    if eps != 1e-5 { arguments.append("eps=\(Python.number(eps))") }
    if momentum != 0.1 { arguments.append("momentum=\(Python.number(momentum))") }
    return Python.module(name, arguments)
  }
}

extension Dropout: PortableLayer {
  /// Nothing falls out but in training.
  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) {}
  func module(_ place: LayerPlace) -> String { Python.module("Dropout", [Python.number(rate)]) }
}
