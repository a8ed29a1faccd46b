import Configuration
import Images
import Networks
import Training

/// What a program needs to know of a network beside its weights: how an image becomes its input, and what its outputs mean.
struct NetworkFacts {
  let members: [(key: String, value: JSON)]

  init(_ network: TrainedNetwork) {
    let side = ImagePlanes.side
    let reading = network.reading
    var members: [(key: String, value: JSON)] = [
      ("classes", .array(network.classes.map { .string($0) })),
      ("mean", .array(network.statistics.mean.map { .number($0) })),
      ("std", .array(network.statistics.deviation.map { .number($0) })),
      ("size", .array([.whole(side), .whole(side)])),
      ("channels", "RGB"),
      ("scale", "pixel / 255"),
      ("resize", .string(reading.resize.rawValue)),
      ("filter", "Pillow's BILINEAR (antialiased), on 8 bits a channel"),
      ("background", .string(reading.alpha.words)),
      ("loss", network.loss.document),
    ]
    if let threshold = network.decision?.threshold { members.append(("threshold", .number(threshold))) }
    if let temperature = network.decision?.temperature { members.append(("temperature", .number(temperature))) }
    self.members = members
  }
}

extension ImageReading.Background {
  /// As a job file has it; a colour as its three numbers.
  fileprivate var words: String {
    switch self {
    case .white: "white"
    case .black: "black"
    case .drop: "drop"
    case .colour(let red, let green, let blue): "\(red), \(green), \(blue)"
    }
  }
}
