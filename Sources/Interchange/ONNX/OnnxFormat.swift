import Configuration
import Kernels
import Networks
import SwiftProtobuf
public import Training

/// The network as a graph of ONNX, operator set 17, IR version 8: for onnxruntime, and most other engines.
///
/// The weights keep their names. The number of images at a time is free. What a program needs to know of the images and the
/// outputs is in the model's metadata, each value as JSON: `mean`, `std`, `size`, `resize`, `classes` …
public enum OnnxFormat: ExportFormat {
  public static let keyword = "onnx"
  public static let summary = "a graph for onnxruntime and others (operator set 17, IR version 8)"
  public static let options: Set<ExportOption> = [.preprocessing, .probabilities]

  /// What protocol buffers allow one message to have.
  private static let sizeLimit = Int(Int32.max)

  public static func files(
    of subject: ExportSubject, at path: String, _ options: Set<ExportOption>
  ) throws(InterchangeError) -> [ExportedFile] {
    let bytes = try bytes(try subject.network(), options)
    return [ExportedFile(path: path, bytes: bytes, noun: "ONNX model of Kiln's", isOwn: isOwn)]
  }

  /// The model's bytes.
  public static func bytes(
    _ network: TrainedNetwork, _ options: Set<ExportOption> = []
  ) throws(InterchangeError) -> [UInt8] {
    let values = network.model.reduce(0) { $0 + $1.values.count * MemoryLayout<Float>.size }
    guard values < sizeLimit - (1 << 20) else {
      throw .tooLarge(format: keyword, bytes: values, limit: sizeLimit)
    }
    let model = try model(network, options)
    do {
      return try model.serializedBytes()
    } catch { throw .tooLarge(format: keyword, bytes: values, limit: sizeLimit) }
  }

  /// Fields stand in the order of their numbers: a model of ours begins with its IR version and its producer.
  static func isOwn(_ bytes: [UInt8]) -> Bool {
    let producer = Array("kiln".utf8)
    return bytes.starts(with: [0x08, 0x08, 0x12, UInt8(producer.count)] + producer)
  }

  package static func model(_ network: TrainedNetwork, _ options: Set<ExportOption>) throws(InterchangeError)
    -> OnnxModel
  {
    var model = OnnxModel()
    model.irVersion = 8
    model.producerName = "kiln"
    model.docString = "A network that Kiln trained. Every value of metadata_props is JSON."
    var operators = OnnxOperatorSet()
    operators.domain = ""
    operators.version = 17
    model.opsetImport = [operators]
    model.graph = try graph(network, options)
    model.metadataProps = NetworkFacts(network).members.map { key, value in
      var entry = OnnxEntry()
      entry.key = key
      entry.value = value.line
      return entry
    }
    return model
  }

  private static func graph(
    _ network: TrainedNetwork, _ options: Set<ExportOption>
  ) throws(InterchangeError) -> OnnxGraph {
    let portable = try PortableNetwork(network.plan, format: keyword)
    let input = options.contains(.preprocessing) ? pixels(network) : normalized(network)
    var graph = GrowingGraph(reading: input.name)
    if options.contains(.preprocessing) { normalize(by: network, in: &graph) }
    for place in portable.layers {
      if place.mustConvert {
        graph.reshape(to: place.axes.sizes(of: place.input), "\(place.axes)", at: place)
      }
      place.layer.addNodes(place, to: &graph)
    }
    let count = network.plan.output.count
    if portable.axes != .list { graph.add("Flatten", [.int("axis", 1)], named: "flattened") }
    graph.output("logits")
    var outputs = [OnnxValueInfo("logits", .float, [count], "What the network answers, before any probability.")]
    if options.contains(.probabilities) {
      try addProbabilities(of: network, to: &graph)
      outputs.append(
        OnnxValueInfo(
          "probabilities", .float, [count], count == 1 ? "Of class 1." : "Of each class, in the order of `classes`."))
    }
    graph.hold(network.model)
    var message = OnnxGraph()
    message.name = "network"
    (message.node, message.initializer) = (graph.nodes, graph.initializers)
    (message.input, message.output) = ([input], outputs)
    return message
  }

  private static func normalized(_ network: TrainedNetwork) -> OnnxValueInfo {
    OnnxValueInfo(
      "input", .float, Axes.image.sizes(of: network.plan.input),
      "Red, green, blue of each image: (pixel / 255 - mean) / std, by channel.")
  }

  private static func pixels(_ network: TrainedNetwork) -> OnnxValueInfo {
    OnnxValueInfo(
      "pixels", .uint8, Axes.image.sizes(of: network.plan.input), "Red, green, blue of each image, 0 to 255.")
  }

  /// (pixel / 255 - mean) / std as one product and one sum, by the same constants as Kiln's own.
  private static func normalize(by network: TrainedNetwork, in graph: inout GrowingGraph) {
    let scales = zip(network.statistics.mean, network.statistics.deviation).map {
      PixelScale(mean: $0, deviation: $1)
    }
    graph.add("Cast", [.int("to", Int(OnnxElement.float.rawValue))], named: "numbers")
    graph.add("Mul", "scale", channels: scales.map(\.scale), named: "scaled")
    graph.add("Add", "offset", channels: scales.map(\.offset), named: "normalized")
  }

  private static func addProbabilities(
    of network: TrainedNetwork, to graph: inout GrowingGraph
  ) throws(InterchangeError) {
    if let temperature = network.decision?.temperature {
      graph.addLast("Div", constants: [("temperature", Float(temperature))])
    }
    try network.portableLoss(format: keyword).addProbabilities(to: &graph)
    graph.output("probabilities")
  }
}

extension TrainedNetwork {
  func portableLoss(format: String) throws(InterchangeError) -> any PortableLoss {
    guard let loss = loss as? any PortableLoss else {
      throw .layer(index: plan.layers.count, keyword: type(of: loss).keyword, format: format)
    }
    return loss
  }
}
