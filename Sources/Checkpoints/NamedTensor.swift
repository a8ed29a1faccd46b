/// A tensor as it lies in a file: its name as in `torch.nn.Sequential` (`0.weight`), its shape, and its values in
/// row-major order (a convolution's weight is output channel, input channel, row, column).
public struct NamedTensor: Sendable, Equatable {
  public var name: String
  public var shape: [Int]
  public var values: [Float]

  public init(name: String, shape: [Int], values: [Float]) {
    self.name = name
    self.shape = shape
    self.values = values
  }

  /// The product of a shape's dimensions (1 for a scalar); nil if one is negative or the product overflows.
  static func count(of shape: [Int]) -> Int? {
    var count = 1
    for dimension in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard dimension >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }
}

/// What a safetensors file holds: tensors in the order of their bytes, and free-form text by key.
public struct TensorFile: Sendable, Equatable {
  public var tensors: [NamedTensor]
  public var metadata: [String: String]
  /// The tensors whose values were rounded to single precision when they were read.
  public var rounded: [String] = []

  public init(tensors: [NamedTensor], metadata: [String: String]) {
    self.tensors = tensors
    self.metadata = metadata
  }
}
