import Checkpoints
import Configuration
import DurableFiles
import Images
import Networks
public import Training

/// The network as a Python file that a person can read: it builds the `torch.nn.Sequential`, loads its weights strictly from
/// the safetensors file beside it, and makes the network's input of an image's file. Nothing is pickled.
public enum TorchFormat: ExportFormat {
  public static let keyword = "torch"
  public static let summary = "a Python file for PyTorch, with its weights in a safetensors file beside it"

  private static let ending = ".py"
  private static let firstLine = "# Written by `kiln export --format torch`"
  /// In the metadata of the weights, by which an earlier export is known: a checkpoint's model is none.
  private static let mark = (key: "kiln.export", value: "torch")

  public static func files(
    of subject: ExportSubject, at path: String, _ options: Set<ExportOption>
  ) throws(InterchangeError) -> [ExportedFile] {
    guard let stem = ByteText(path).before(suffix: ending), !ByteText(stem).lastName.isEmpty else {
      throw .ending(path: path, format: keyword, ending: ending)
    }
    let network = try subject.network()
    // The weights first: a program without its weights says so, and is none that answers by others.
    return [
      ExportedFile(
        path: "\(stem).safetensors", bytes: try weights(of: network), noun: "file of weights of an export", isOwn: isOwn
      ),
      ExportedFile(
        path: path, bytes: Array(try program(for: network).utf8), noun: "Python file of Kiln's",
        isOwn: { $0.starts(with: firstLine.utf8) }),
    ]
  }

  /// The bytes of the safetensors file beside it.
  public static func weights(of network: TrainedNetwork) throws(InterchangeError) -> [UInt8] {
    var metadata = ["format": "pt", mark.key: mark.value]
    // As in a checkpoint, so that `kiln import` finds them.
    metadata["mean"] = network.statistics.mean.map { "\($0)" }.joined(separator: " ")
    metadata["deviation"] = network.statistics.deviation.map { "\($0)" }.joined(separator: " ")
    if !network.classesAreNumbers { metadata["classes"] = network.classes.joined(separator: "\n") }
    do {
      return try Safetensors.encode(network.model, metadata: metadata)
    } catch { throw .training(.checkpoint(error)) }
  }

  private static func isOwn(_ bytes: [UInt8]) -> Bool {
    do { return try Safetensors.decode(bytes).metadata[mark.key] == mark.value } catch { return false }
  }

  /// The Python file.
  public static func program(for network: TrainedNetwork) throws(InterchangeError) -> String {
    let portable = try PortableNetwork(network.plan, format: keyword)
    let loss = try network.portableLoss(format: keyword)
    let modules = modules(portable)
    return [
      "\(firstLine): a network that Kiln trained.\n",
      introduction(network.plan), imports(orderedDict: modules.contains("OrderedDict")), constants(network), modules,
      loading, TorchPreprocessing(network.reading).text, answers(network, loss), main,
    ].joined(separator: "\n")
  }

  private static func introduction(_ plan: NetworkPlan) -> String {
    #"""
    """Classifies images:

        python FILE.py IMAGE...

    The weights are in the safetensors file of the same name beside this one. Needs torch, safetensors, numpy and Pillow 10.1.
    From \#(plan.input) to \#(plan.output.count) value\#(plan.output.count == 1 ? "" : "s"), \#(plan.parameterCount) parameters.
    """

    """#
  }

  private static func imports(orderedDict: Bool) -> String {
    """
    import sys
    \(orderedDict ? "from collections import OrderedDict\n" : "")from pathlib import Path

    import numpy as np
    import torch
    from PIL import Image, ImageOps
    from safetensors.torch import load_file
    from torch import nn

    """
  }

  private static func constants(_ network: TrainedNetwork) -> String {
    let decision = network.decision
    return """
      CLASSES = \(Python.list(network.classes.map(Python.text)))
      # Of pixel / 255, by channel: red, green, blue.
      MEAN = \(Python.list(network.statistics.mean.map(Python.number)))
      STD = \(Python.list(network.statistics.deviation.map(Python.number)))
      SIZE = \(ImagePlanes.side)
      # The outputs are divided by it before they become probabilities.
      TEMPERATURE = \(Python.number(decision?.temperature ?? 1))
      \(decision?.threshold.map(threshold) ?? "")

      """
  }

  private static func threshold(_ value: Double) -> String {
    "# From this probability on, an image is taken for class 1 of two.\nTHRESHOLD = \(Python.number(value))\n"
  }

  /// One module a layer, under its number: so the weights are called. What only gives a value other axes stands between.
  private static func modules(_ network: PortableNetwork) -> String {
    var modules: [(name: String, text: String)] = []
    for place in network.layers {
      if place.mustConvert {
        modules.append(("\(place.index)_as_\(place.axes)", conversion(place)))
      }
      modules.append(("\(place.index)", place.layer.module(place)))
    }
    if network.axes != .list { modules.append(("flatten", Python.module("Flatten"))) }
    let areNumbered = modules.enumerated().allSatisfy { "\($0.offset)" == $0.element.name }
    let lines = modules.map { areNumbered ? "        \($0.text),\n" : "        (\"\($0.name)\", \($0.text)),\n" }
    let (begin, end) = areNumbered ? ("(", ")") : ("(OrderedDict([", "]))")
    return "def network():\n    return nn.Sequential\(begin)\n\(lines.joined())    \(end)\n\n"
  }

  private static func conversion(_ place: LayerPlace) -> String {
    switch (place.offered, place.axes) {
    case (.image, .sequence): Python.module("Flatten", ["2", "3"])
    case (.sequence, .image): Python.module("Unflatten", ["2", "(1, \(place.input.width))"])
    default: Python.module("Flatten")
    }
  }

  private static let loading = """
    def load(weights=Path(__file__).with_suffix(".safetensors")):
        model = network()
        model.load_state_dict(load_file(weights), strict=True)
        return model.eval()


    """

  private static func answers(_ network: TrainedNetwork, _ loss: any PortableLoss) -> String {
    let pair = """
          share = \(loss.probabilities)
          # Of the one output, that of class 1.
          return torch.cat([1 - share, share], 1)
      """
    let shares = network.plan.output.count == 1 ? pair : "    return \(loss.probabilities)"
    let rule = network.decision?.threshold == nil ? "shares.argmax()" : "shares[1] >= THRESHOLD"
    return """
      def probabilities(outputs):
          \"""Images x outputs to images x classes.\"""
      \(shares)


      def decide(shares):
          \"""The index of the class that the probabilities of one image speak for.\"""
          return int(\(rule))


      """
  }

  private static let main = """
    if __name__ == "__main__":
        model = load()
        for path in sys.argv[1:]:
            with torch.no_grad():
                outputs = model(preprocess(path)[None])
            shares = probabilities(outputs)[0]
            chosen = decide(shares)
            print(path, CLASSES[chosen], f"{shares[chosen]:.4f}", outputs[0].tolist(), sep="\\t")

    """
}
