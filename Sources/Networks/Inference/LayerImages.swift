import Kernels
import Tensors

/// A layer that treats every value by itself, or moves whole rows: its kernels work on sixteen neighbouring columns of one
/// image as on the same pixel of sixteen images.
private struct ValueImageVersion: ImageVersion {
  let operation: any Operation

  var needs: ImageNeeds { ImageNeeds() }

  func forward(_ pass: ImagePass) {
    var columns = pass.pack
    columns.input = pass.input.columnsAsLanes
    columns.output = pass.output.columnsAsLanes
    operation.forward(columns)
    let channels = shares(of: pass.output.channels)
    columns.team.run(channels.count) { share, _ in
      for channel in channels.range(share) { pass.output.clearBehindColumns(channel: channel) }
    }
  }
}

/// An operation whose only image version is that of values by themselves.
protocol ValueOperation: ImageOperation {}

extension ValueOperation {
  func imageVersion(of input: Shape, output: Shape, pools: Bool) -> (any ImageVersion)? {
    ValueImageVersion(operation: self)
  }
}

extension RectifierOperation: ValueOperation {}
extension LeakyRectifierOperation: ValueOperation {}
extension SigmoidOperation: ValueOperation {}
extension HyperbolicTangentOperation: ValueOperation {}
extension DroppingOperation: ValueOperation {}
extension RowsOperation: ValueOperation {}

extension NormalizationOperation: ImageOperation {
  /// Where every value of an image is a feature of its own, columns cannot stand for images.
  func imageVersion(of input: Shape, output: Shape, pools: Bool) -> (any ImageVersion)? {
    geometry.isFlat && input.height * input.width > 1 ? nil : ValueImageVersion(operation: self)
  }
}

private struct PoolingImageVersion: ImageVersion {
  let geometry: PoolingGeometry
  let averages: Bool

  var needs: ImageNeeds { ImageNeeds() }

  func forward(_ pass: ImagePass) {
    let channels = shares(of: pass.output.channels)
    pass.pack.team.run(channels.count) { share, _ in
      for channel in channels.range(share) {
        if averages {
          geometry.average(channel: channel, pass.input, into: pass.output)
        } else {
          geometry.maximum(channel: channel, pass.input, into: pass.output)
        }
      }
    }
  }
}

extension MaximumOperation: ImageOperation {
  func imageVersion(of input: Shape, output: Shape, pools: Bool) -> (any ImageVersion)? {
    PoolingImageVersion(geometry: geometry, averages: false)
  }
}

extension AverageOperation: ImageOperation {
  func imageVersion(of input: Shape, output: Shape, pools: Bool) -> (any ImageVersion)? {
    PoolingImageVersion(geometry: geometry, averages: true)
  }
}

private struct LinearImageVersion: ImageVersion {
  let geometry: LinearGeometry
  let hasBias: Bool

  var needs: ImageNeeds {
    var needs = ImageNeeds()
    needs.partials = geometry.partialVectors
    return needs
  }

  func forward(_ pass: ImagePass) {
    pass.pack.team.run(geometry.imageShares) { share, _ in
      geometry.forward(
        imageShare: share, pass.input, weights: pass.pack.parameters[0], partials: pass.partials)
    }
    geometry.finish(
      imagePartials: pass.partials, bias: hasBias ? pass.pack.parameters[1] : nil, into: pass.output)
  }
}

extension LinearOperation: ImageOperation {
  func imageVersion(of input: Shape, output: Shape, pools: Bool) -> (any ImageVersion)? {
    LinearImageVersion(
      geometry: LinearGeometry(
        channels: input.channels, valuesPerChannel: inputs / input.channels, outputs: outputs),
      hasBias: hasBias)
  }
}
