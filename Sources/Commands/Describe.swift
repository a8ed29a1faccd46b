import ArgumentParser
import Charts
import Configuration
import Foundation
import Images
import Networks
import Tensors

/// `kiln describe`: the table of layers that the homework asks for, computed from the shapes.
struct Describe: Command {
  static let configuration = CommandConfiguration(
    abstract: "Show a network's layers, shapes, parameters and cost.",
    discussion: """
      NETWORK is a preset (\(Network.presets.map(\.name).joined(separator: ", "))) or a job file.
      Example: kiln describe homework --plan
      Exit status: 0, 64 if there is no such preset, 65 if the job file is wrong, 66 if it cannot be read.
      """)

  @Argument(help: "A preset's name or a job file.") var network: String
  @Flag(help: "Print JSON.") var json = false
  @Flag(
    name: .customLong("plan"),
    help: "Show how each convolution is computed, what the cost model expects on one core, and what it takes here.")
  var showsPlan = false

  func run(on console: Console) throws {
    let plan = try NetworkArgument(network).plan()
    if showsPlan {
      let rows = try PlanRow.rows(plan)
      return try console.answer(rows, asJSON: json, text: PlanRow.table(rows))
    }
    try console.answer(NetworkJSON(plan), asJSON: json, text: table(plan))
  }

  private func table(_ plan: NetworkPlan) -> String {
    var table = Table([
      .left("layer"), .right("channels"), .right("kernel"), .right("stride"), .right("padding"), .right("input"),
      .right("output"), .right("weights"), .right("biases"), .right("cost (M)"),
    ])
    for (name, layer) in zip(plan.layerNames, plan.layers) {
      let row = LayerRow(layer)
      table.append([
        name, row.channels.map(String.init) ?? "", row.window?.kernelText ?? "",
        row.window.map { $0.text($0.stride) } ?? "", row.window.map { $0.text($0.padding) } ?? "", "\(layer.input)",
        "\(layer.output)", row.weights > 0 ? row.weights.grouped : "", row.biases > 0 ? row.biases.grouped : "",
        layer.multiplyAccumulates > 0 ? megaText(layer.multiplyAccumulates) : "",
      ])
    }
    let rows = plan.layers.map(LayerRow.init)
    table.total([
      "total", "", "", "", "", "\(plan.input)", "\(plan.output)", rows.reduce(0) { $0 + $1.weights }.grouped,
      rows.reduce(0) { $0 + $1.biases }.grouped, megaText(plan.multiplyAccumulates),
    ])
    return table.text + """


      \(plan.parameterCount.grouped) parameters; \(plan.multiplyAccumulates.grouped) multiply-accumulates an image forward, \
      \(plan.trainingMultiplyAccumulates.grouped) in a training step
      """
  }

  private func megaText(_ count: Int) -> String {
    String(format: count < 1_000_000 ? "%.2f" : "%.1f", Double(count) / 1e6)
  }
}

/// A layer's columns.
struct LayerRow {
  let channels: Int?
  let window: LayerWindow?
  let weights: Int
  let biases: Int

  init(_ layer: NetworkPlan.PlannedLayer) {
    window = layer.layer.window
    channels = layer.parameters.isEmpty ? nil : layer.output.channels
    weights = layer.parameters.filter { $0.name == "weight" }.reduce(0) { $0 + $1.count }
    biases = layer.parameters.filter { $0.name == "bias" }.reduce(0) { $0 + $1.count }
  }
}

extension NetworkPlan {
  /// As the homework counts them: C1, ReLU, C2, …; FC for a lone linear layer.
  var layerNames: [String] {
    let linears = layers.filter { $0.keyword == "linear" }.count
    var counts: [String: Int] = [:]
    return layers.map { layer in
      let counted = layer.keyword == "conv1d" ? "conv2d" : layer.keyword
      counts[counted, default: 0] += 1
      let number = counts[counted, default: 0]
      switch layer.keyword {
      case "conv2d", "conv1d": return "C\(number)"
      case "relu": return "ReLU"
      case "maxPool2d", "maxPool1d": return "max pool"
      case "avgPool2d", "avgPool1d": return "average pool"
      case "globalAvgPool": return "global average"
      case "linear": return linears == 1 ? "FC" : "FC\(number)"
      default: return layer.keyword
      }
    }
  }
}

extension LayerWindow {
  var kernelText: String { isOneDimensional ? "\(kernel.width)" : "\(kernel.height)x\(kernel.width)" }

  /// One number where one says it all.
  func text(_ pair: Pair) -> String {
    isOneDimensional || pair.height == pair.width ? "\(pair.width)" : "\(pair.height)x\(pair.width)"
  }

  func sizes(_ pair: Pair) -> [Int] { isOneDimensional ? [pair.width] : [pair.height, pair.width] }
}

/// The same table for programs.
struct NetworkJSON: Encodable {
  let parameters: Int
  let multiplyAccumulates: Int
  let trainingMultiplyAccumulates: Int
  let layers: [Layer]

  struct Layer: Encodable {
    let name: String
    let kind: String
    let channels: Int?
    let kernel: [Int]?
    let stride: [Int]?
    let padding: [Int]?
    let input: [Int]
    let output: [Int]
    let weights: Int
    let biases: Int
    let multiplyAccumulates: Int
  }

  init(_ plan: NetworkPlan) {
    parameters = plan.parameterCount
    multiplyAccumulates = plan.multiplyAccumulates
    trainingMultiplyAccumulates = plan.trainingMultiplyAccumulates
    layers = zip(plan.layerNames, plan.layers).map { name, layer in
      let row = LayerRow(layer)
      func axes(_ shape: Shape) -> [Int] { shape.isFlat ? [shape.count] : [shape.channels, shape.height, shape.width] }
      return Layer(
        name: name, kind: layer.keyword, channels: row.channels, kernel: row.window.map { $0.sizes($0.kernel) },
        stride: row.window.map { $0.sizes($0.stride) }, padding: row.window.map { $0.sizes($0.padding) },
        input: axes(layer.input), output: axes(layer.output), weights: row.weights, biases: row.biases,
        multiplyAccumulates: layer.multiplyAccumulates)
    }
  }
}
