import Networks

extension Relu: PortableLayer {
  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) { graph.add("Relu", at: place) }
  func module(_ place: LayerPlace) -> String { Python.module("ReLU") }
}

extension LeakyRelu: PortableLayer {
  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) {
    graph.add("LeakyRelu", [.float("alpha", Float(slope))], at: place)
  }
  func module(_ place: LayerPlace) -> String { Python.module("LeakyReLU", [Python.number(slope)]) }
}

extension Sigmoid: PortableLayer {
  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) { graph.add("Sigmoid", at: place) }
  func module(_ place: LayerPlace) -> String { Python.module("Sigmoid") }
}

extension Tanh: PortableLayer {
  func addNodes(_ place: LayerPlace, to graph: inout GrowingGraph) { graph.add("Tanh", at: place) }
  func module(_ place: LayerPlace) -> String { Python.module("Tanh") }
}
