import Charts
import DurableFiles
import Foundation
import Images
import Training

/// A picture of where a network looked: each image, and beside it what speaks for and against its class.
struct ExplanationSheet {
  private let explainer: Explainer
  private let network: TrainedNetwork
  private let classes: [String]
  private let options: ExplanationOptions
  private var tiles: [ContactSheet.Tile] = []
  /// Images that were offered.
  private var offered = 0
  private var shown = 0

  /// - Parameter classes: what they are called, if the network itself does not say.
  init(
    _ network: TrainedNetwork, classes: [String]? = nil, _ options: ExplanationOptions, threads: Int
  ) throws(TrainingError) {
    explainer = try Explainer(network, threads: threads)
    self.network = network
    self.classes = classes ?? network.classes
    self.options = options
  }

  private var occludes: Bool { options.occlusion }

  /// Takes an image if there is room.
  /// - Parameters:
  ///   - path: where the image is read from.
  ///   - name: what it is called on the sheet.
  ///   - truth: what the image really is, if that is known.
  mutating func add(
    _ path: String, shownAs name: String, probabilities: [Double], label: Int, truth: Int? = nil
  ) throws(ImageError) {
    offered += 1
    guard shown < options.explained else { return }
    shown += 1
    let image = try loadPlanes(path: path, as: network.reading).planes
    let explanation = explainer.explain(image, label: label, occludes: occludes)
    let wrong = truth.map { $0 == label ? "" : ", is \(classes[$0])" } ?? ""
    let title = "\(classes[label]) \(fixed(probabilities[label], 2))\(wrong)"
    tiles.append(.init(planes: image.planes, title: title, note: name, label: label))
    tiles.append(tile("gradient x input", explanation.gradientTimesInput, over: image))
    if let occlusion = explanation.occlusion { tiles.append(tile("occlusion", occlusion, over: image)) }
  }

  private func tile(_ title: String, _ values: [Float], over image: ImagePlanes) -> ContactSheet.Tile {
    let map = HeatMap(values, side: ImagePlanes.side)
    return .init(
      planes: map.drawn(over: image.planes), title: title, note: "full colour: \(Self.figure(map.scale))", label: nil)
  }

  private static func figure(_ value: Double) -> String {
    value == 0 || value >= 0.001 ? fixed(value, 4) : String(format: "%.1e", value)
  }

  private var perImage: Int { occludes ? 3 : 2 }

  /// The sheet as a PNG, and a sentence about it; nil if it shows no image.
  func publish(to path: String) throws -> String? {
    guard shown > 0 else { return nil }
    let count = shown == offered ? "\(shown.grouped) images" : "the first \(shown.grouped) of \(offered.grouped) images"
    var lines = [
      "\(count), by the checkpoint of step \(network.step.grouped)",
      "red speaks for the class it is taken for, blue against it",
      "gradient x input: smoothed over 16 noisy copies",
    ]
    if occludes { lines.append("occlusion: by how much the output falls when the place is covered") }
    let sheet = ContactSheet(
      heading: "Where the network looked", lines: lines, tiles: tiles, side: ImagePlanes.side,
      columns: perImage * (shown > 1 ? 2 : 1))
    let drawn = sheet.drawn
    try DurableFiles.publish(
      encodePNG(drawn.pixels, width: drawn.width, height: drawn.height, channels: 3), to: path, .atomic)
    return "\(path): where the network looked, in \(count)"
  }
}
