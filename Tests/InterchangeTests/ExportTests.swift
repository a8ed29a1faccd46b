import Checkpoints
import Configuration
import DurableFiles
import Foundation
import Interchange
import Networks
import RunFiles
import SwiftProtobuf
import TemporaryFolder
import Tensors
import Testing
import Training
import Workers

/// The files of every format are those that onnxruntime, PyTorch and NumPy agreed with (Tests/Fixtures/interchange/generate.py).
@Suite struct ExportTests {
  private struct Witness: Decodable {
    let logits: [[Double]]
  }

  @Test func theNetworkOfEveryLayerHasEveryLayer() throws {
    let keywords = Set(try EveryLayer.network().layers.map { type(of: $0.layer).keyword })
    #expect(keywords == Set(layerCatalogue.keywords))
  }

  /// Without this, agreement with the others would say nothing of Kiln.
  @Test func kilnAnswersAsTheOthersDo() throws {
    let witness = try JSONDecoder().decode(Witness.self, from: Data(EveryLayer.bytes("every-layer.json")))
    let answers = try Predictor(EveryLayer.trained(), team: Team(threads: 1)).outputs(
      images: witness.logits.indices.map(EveryLayer.image))
    #expect(answers.count == 5)
    for (found, wanted) in zip(answers.joined(), witness.logits.joined()) { #expect(abs(found - wanted) < 1e-5) }
  }

  @Test func onnx() throws {
    let trained = try EveryLayer.trained()
    #expect(try OnnxFormat.bytes(trained) == EveryLayer.bytes("every-layer.onnx"))
    #expect(
      try OnnxFormat.bytes(trained, [.preprocessing, .probabilities]) == EveryLayer.bytes("every-layer-whole.onnx"))
  }

  @Test func torch() throws {
    let trained = try EveryLayer.trained()
    #expect(try TorchFormat.program(for: trained).utf8.elementsEqual(EveryLayer.bytes("every_layer.py")))
    #expect(try TorchFormat.weights(of: trained) == EveryLayer.bytes("every_layer.safetensors"))
  }

  @Test func npz() throws {
    #expect(try NPZFormat.bytes(EveryLayer.trained()) == EveryLayer.bytes("every-layer-export.npz"))
  }

  /// A decision about the outputs goes with every format.
  @Test func aDecisionIsExported() throws {
    let folder = try TemporaryFolder()
    try ImportedCheckpoint.publish(try EveryLayer.trained(), as: folder("made"))
    let model = try TensorFile(contentsOf: folder("made/model.safetensors"))
    let decision = Decision(
      threshold: 0.25, temperature: 1.5, aim: "recall 0.9", part: "validation", images: 3,
      model: try #require(model.metadata[Safetensors.checksumKey]))
    try publish(try #require(decision.bytes), to: folder("made/decision.json"))
    let trained = try TrainedNetwork(CheckpointFiles(named: folder("made")))
    let facts = try OnnxFormat.model(trained, []).metadataProps
    #expect(facts.contains { $0.key == "threshold" && $0.value == "0.25" })
    #expect(facts.contains { $0.key == "temperature" && $0.value == "1.5" })
    let graph = try OnnxFormat.model(trained, [.probabilities]).graph
    #expect(graph.node.suffix(3).map(\.opType) == ["Div", "Softmax", "Identity"])
    let constant = try #require(graph.initializer.first { $0.name == "div.temperature" })
    #expect(Array(constant.rawData) == [0, 0, 0xC0, 0x3F] && constant.dims.isEmpty)
    let program = try TorchFormat.program(for: trained)
    #expect(program.contains("\nTEMPERATURE = 1.5\n") && program.contains("\nTHRESHOLD = 0.25\n"))
    #expect(program.contains("return int(shares[1] >= THRESHOLD)"))
    let members = try StoredMembers(NPZFormat.bytes(trained)).members
    let threshold = try #require(members.first { $0.name == "threshold.npy" })
    #expect(try NumPyContent(threshold.content, name: "threshold").numbers() == [0.25])
  }

  private static let losses = [
    ("binaryCrossEntropy", 1, "Sigmoid"), ("softmaxCrossEntropy", 2, "Softmax"), ("meanSquaredError", 2, "Clip"),
  ]

  @Test func everyLossIsTried() { #expect(Self.losses.map(\.0) == lossCatalogue.keywords) }

  /// Each loss says what its outputs mean.
  @Test(arguments: losses) func probabilities(keyword: String, outputs: Int, operation: String) throws {
    let loss = try lossCatalogue.read(try Document.parse(keyword, file: "loss"))
    let network = Network([AvgPool2d(kernel: Pair(128)), Flatten(), Linear(outputs: outputs, hasBias: false)])
    let trained = try TrainedNetwork(
      network: network, loss: loss, statistics: .none, classes: ["a", "b"], reading: .init(),
      model: [
        NamedTensor(name: "2.weight", shape: [outputs, 12], values: [Float](repeating: 0.5, count: 12 * outputs))
      ])
    let graph = try OnnxFormat.model(trained, [.probabilities]).graph
    #expect(graph.node.suffix(2).map(\.opType) == [operation, "Identity"])
    #expect(graph.output.map(\.name) == ["logits", "probabilities"])
    #expect(graph.output[1].type.tensorType.shape.dim.map(\.dimValue) == [0, Int64(outputs)])
    #expect(graph.output[1].type.tensorType.shape.dim[0].dimParam == "images")
  }

  /// A network may end in an image of one value.
  @Test func anImageOfOneValueIsAnAnswer() throws {
    let network = Network([
      Conv2d(channels: 1, kernel: Pair(1), hasBias: false), AvgPool2d(kernel: Pair(255), stride: Pair(2)),
    ])
    let trained = try TrainedNetwork(
      network: network, loss: BinaryCrossEntropy(), statistics: .none, classes: nil, reading: .init(),
      model: [NamedTensor(name: "0.weight", shape: [1, 3, 1, 1], values: [1, 2, 3])])
    let graph = try OnnxFormat.model(trained, []).graph
    #expect(graph.node.map(\.opType) == ["Conv", "AveragePool", "Flatten", "Identity"])
    #expect(try TorchFormat.program(for: trained).contains("(\"flatten\", nn.Flatten())"))
  }
}
