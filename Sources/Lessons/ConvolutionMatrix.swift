public import Networks

/// A one-dimensional convolution of one channel as the matrix that it is: banded, with the same weights in every row.
public struct ConvolutionMatrix: Sendable {
  /// One row for each output, one column for each input.
  public let rows: [[Double]]

  /// Found by asking the layer itself: column j is its answer to a sequence of zeros with a one at j.
  public init(_ layer: Conv1d, inputs: Int, taps: [Double]) throws {
    let network = try SequenceNetwork([layer], length: inputs, parameters: [taps])
    let columns = (0..<inputs).map { place in
      network.outputs([(0..<inputs).map { $0 == place ? 1 : 0 }])[0]
    }
    rows = (columns.first ?? []).indices.map { row in columns.map { $0[row] } }
  }

  public var zeros: Int { rows.joined().count { $0 == 0 } }
  public var entries: Int { rows.count * (rows.first?.count ?? 0) }

  /// The share of entries that are zero: what sparsity saves.
  public var shareOfZeros: Double { entries > 0 ? Double(zeros) / Double(entries) : 0 }

  /// W x.
  public func product(_ x: [Double]) -> [Double] {
    rows.map { row in zip(row, x).reduce(0) { $0 + $1.0 * $1.1 } }
  }
}
