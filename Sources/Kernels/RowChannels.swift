public import Tensors

/// Row y of channel c of an image as channel c * height + y of a sequence, for one channel of the image.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func copyRows<Scalar: LaneScalar>(channel: Int, of image: PackView<Scalar>, into sequence: PackView<Scalar>) {
  for y in 0..<image.height {
    sequence.at(channel &* image.height &+ y, 0, 0).update(from: image.at(channel, y, 0), count: image.width)
  }
}

/// The way back, for gradients.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func copyRows<Scalar: LaneScalar>(
  channel: Int, ofSequence sequence: PackView<Scalar>, into image: PackView<Scalar>
) {
  for y in 0..<image.height {
    image.at(channel, y, 0).update(from: sequence.at(channel &* image.height &+ y, 0, 0), count: image.width)
  }
}
