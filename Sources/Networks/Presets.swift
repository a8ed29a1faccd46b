import Configuration

/// Networks that have a name of their own in a job file.
extension Network {
  public static let presets: [(name: String, summary: String, layers: [any Layer])] = [
    (
      "homework", "The network of the course: four convolutions, one max pooling, one logit.",
      homework(rectifyAll: false)
    ),
    ("homework-relu", "The same with an activation after every convolution.", homework(rectifyAll: true)),
  ]

  private static func homework(rectifyAll: Bool) -> [any Layer] {
    let between: [any Layer] = rectifyAll ? [Relu()] : []
    return [Conv2d(channels: 10, kernel: Pair(9)), Relu()]
      + [Conv2d(channels: 20, kernel: Pair(7), stride: Pair(2))] + between
      + [Conv2d(channels: 40, kernel: Pair(5)), Relu(), MaxPool2d(kernel: Pair(2))]
      + [Conv2d(channels: 50, kernel: Pair(3), stride: Pair(2))] + between
      + [Flatten(), Linear(outputs: 1)]
  }
}
