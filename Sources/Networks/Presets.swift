import Configuration

/// Networks that have a name of their own in a job file.
extension Network {
  public static let presets: [(name: String, summary: String, layers: [any Layer])] = [
    ("homework", "The network of the course: four convolutions, one max pooling, one logit.", homework()),
    ("homework-relu", "The same with an activation after every convolution.", homework(rectifiesAll: true)),
    ("homework-batchnorm", "The same with batch normalization after every convolution.", homework(normalizes: true)),
    ("homework-avgpool", "The same with average for max pooling.", homework(pool: AvgPool2d(kernel: Pair(2)))),
    ("homework-conv1d", "Three one-dimensional convolutions along the rows of the image, one logit.", sequential),
  ]

  private static func homework(
    rectifiesAll: Bool = false, normalizes: Bool = false, pool: any Layer = MaxPool2d(kernel: Pair(2))
  ) -> [any Layer] {
    let normalization: [any Layer] = normalizes ? [BatchNorm()] : []
    func convolution(_ layer: Conv2d, isRectified: Bool) -> [any Layer] {
      [layer] + normalization + (isRectified || rectifiesAll ? [Relu()] : [])
    }
    return convolution(Conv2d(channels: 10, kernel: Pair(9)), isRectified: true)
      + convolution(Conv2d(channels: 20, kernel: Pair(7), stride: Pair(2)), isRectified: false)
      + convolution(Conv2d(channels: 40, kernel: Pair(5)), isRectified: true) + [pool]
      + convolution(Conv2d(channels: 50, kernel: Pair(3), stride: Pair(2)), isRectified: false)
      + [Flatten(), Linear(outputs: 1)]
  }

  /// Every step of the sequence is a column of the image; the pooling before it makes columns of 768 values ones of 192,
  /// which a data set of some thousand images can teach.
  private static let sequential: [any Layer] = [
    AvgPool2d(kernel: Pair(4)), Rows(),
    Conv1d(channels: 32, kernel: 5), Relu(), MaxPool1d(kernel: 2),
    Conv1d(channels: 48, kernel: 5), Relu(), MaxPool1d(kernel: 2),
    Conv1d(channels: 64, kernel: 3), Relu(), Flatten(), Linear(outputs: 1),
  ]
}
