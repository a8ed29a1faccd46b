/// The logical shape of one image's activations between two layers.
///
/// An image keeps its three axes, and a sequence is an image of one row; `flatten` turns it into a plain list of values in the order
/// channel, row, column, as PyTorch's `nn.Flatten` does.
public struct Shape: Sendable, Hashable, Codable {
  public let channels: Int
  public let height: Int
  public let width: Int
  /// True once the axes have been given up for a list of `count` values.
  public let isFlat: Bool

  public init(channels: Int, height: Int, width: Int) {
    self.init(channels: channels, height: height, width: width, isFlat: false)
  }

  public init(flat count: Int) {
    self.init(channels: count, height: 1, width: 1, isFlat: true)
  }

  private init(channels: Int, height: Int, width: Int, isFlat: Bool) {
    precondition(channels > 0 && height > 0 && width > 0, "a shape has no empty axis")
    self.channels = channels
    self.height = height
    self.width = width
    self.isFlat = isFlat
  }

  /// An image of one row: channels x length, as one-dimensional layers read it.
  public var isSequence: Bool { height == 1 && !isFlat }

  /// Values in one image.
  public var count: Int { channels.times(height).times(width) }

  public var flattened: Shape { Shape(flat: count) }
}

extension Shape: CustomStringConvertible {
  public var description: String {
    isFlat ? "\(channels)" : "\(channels) x \(height) x \(width)"
  }
}
