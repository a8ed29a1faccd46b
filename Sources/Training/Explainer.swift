import Datasets
public import Images
import Networks
import Tensors
import Workers

/// Where a network looked when it judged an image: for each pixel, row after row, how much it speaks for a class, or,
/// below zero, against it.
public struct Explanation: Sendable, Equatable {
  /// The gradient of the class's output by the pixel, times the pixel, summed over the three channels.
  public let gradientTimesInput: [Float]
  /// By how much the class's output falls when the pixel is covered, in the mean over the squares that cover it; nil if
  /// nobody asked.
  public let occlusion: [Float]?
}

/// Explains what a trained network says of an image, in two ways:
///
/// - Gradient times input, smoothed: the gradient is the mean over sixteen copies of the image with noise, because that of
///   the image alone is dominated by fine texture (Smilkov, Thorat, Kim, Viégas, Wattenberg, "SmoothGrad: removing noise by
///   adding noise", 2017). One pass there and back: the copies are the sixteen lanes.
/// - Occlusion: squares of the image are covered with its mean colour, one after the other, and the output is looked at
///   (Zeiler, Fergus, "Visualizing and understanding convolutional networks", ECCV 2014). Plain and slow: 225 images.
///
/// The noise is a function of the place alone, and every sum has a fixed order: the same bits every time, at any number of
/// threads.
public final class Explainer {
  private let network: TrainedNetwork
  private let predictor: Predictor
  /// Of the network as it is in inference, with a way back to its input.
  private let executor: Executor<Float>
  private let noise: Double

  /// The side of the squares that are covered, and the steps that they go, in pixels.
  private static let (square, step) = (32, 16)

  /// - Parameter noise: the standard deviation of the copies' noise, as a share of the range of bytes.
  /// - Throws: `.memory`.
  public init(_ network: TrainedNetwork, noise: Double = 0.1, threads: Int) throws(TrainingError) {
    self.network = network
    self.noise = noise
    let team = Team(threads: threads)
    predictor = try Predictor(network, team: team)
    let plan: NetworkPlan
    do {
      plan = try NetworkPlan(network.network.frozen, input: network.plan.input, takesInputGradient: true)
    } catch { throw .network(error) }
    do { executor = try Executor(plan, team: team) } catch { throw .memory(error) }
    try executor.restore(network.model, plan.parameters, into: executor.parameters)
    try executor.restore(network.model, plan.statistics, into: executor.statistics)
    executor.prepare()
  }

  /// - Parameter label: the class that pixels speak for or against.
  public func explain(_ image: ImagePlanes, label: Int, occludes: Bool = false) -> Explanation {
    Explanation(
      gradientTimesInput: gradientTimesInput(image, label), occlusion: occludes ? occlusion(image, label) : nil)
  }

  /// The output that stands for a class, and its sign: of two classes and one output, class 0 is its opposite.
  private func output(of label: Int) -> (index: Int, sign: Double) {
    network.plan.output.count == 1 ? (0, label == 0 ? -1 : 1) : (label, 1)
  }

  private func gradientTimesInput(_ image: ImagePlanes, _ label: Int) -> [Float] {
    let copies = (0..<laneCount).map { copy in
      noise > 0 ? Augmentation(noise: noise).view(seed: 0, epoch: 0, index: copy).applied(to: image) : image
    }
    executor.load(copies.map(\.planes), scales: predictor.scales)
    let draw = TrainingDraw(images: laneCount)
    executor.forward(training: draw)
    let (index, sign) = output(of: label)
    for output in 0..<network.plan.output.count {
      executor.outputGradients(of: 0)[value: output] = Lanes(repeating: output == index ? Float(sign) : 0)
    }
    executor.backward(training: draw)
    guard let gradient = executor.inputGradient(of: 0) else {
      preconditionFailure("the plan takes the gradient of its input")
    }
    let side = ImagePlanes.side
    var sums = [Float](repeating: 0, count: ImagePlanes.planeSize)
    for channel in 0..<3 {
      let inputs = network.statistics.inputs(channel: channel)
      let first = image.isGray ? 0 : channel * ImagePlanes.planeSize
      for place in sums.indices {
        let lanes = gradient[channel, place / side, place % side]
        var sum: Float = 0
        for lane in 0..<laneCount { sum += lanes[lane] }
        sums[place] += sum / Float(laneCount) * inputs[Int(image.planes[first + place])]
      }
    }
    return sums
  }

  private func occlusion(_ image: ImagePlanes, _ label: Int) -> [Float] {
    let side = ImagePlanes.side
    let (index, sign) = output(of: label)
    let corners = stride(from: 0, through: side - Self.square, by: Self.step).flatMap { row in
      stride(from: 0, through: side - Self.square, by: Self.step).map { (row: row, column: $0) }
    }
    let whole = predictor.outputs(images: [image.planes])[0][index]
    let means = Self.means(of: image)
    var sums = [Double](repeating: 0, count: ImagePlanes.planeSize)
    var counts = [Double](repeating: 0, count: ImagePlanes.planeSize)
    for first in stride(from: 0, to: corners.count, by: laneCount) {
      let group = corners[first..<min(first + laneCount, corners.count)]
      let covered = group.map { Self.covered(image, row: $0.row, column: $0.column, means) }
      for (corner, outputs) in zip(group, predictor.outputs(images: covered)) {
        for row in corner.row..<corner.row + Self.square {
          for column in corner.column..<corner.column + Self.square {
            sums[row * side + column] += sign * (whole - outputs[index])
            counts[row * side + column] += 1
          }
        }
      }
    }
    return zip(sums, counts).map { Float($0 / $1) }
  }

  private static func means(of image: ImagePlanes) -> [UInt8] {
    stride(from: 0, to: image.planes.count, by: ImagePlanes.planeSize).map { first in
      let sum = image.planes[first..<first + ImagePlanes.planeSize].reduce(0) { $0 + Int($1) }
      return UInt8((sum + ImagePlanes.planeSize / 2) / ImagePlanes.planeSize)
    }
  }

  private static func covered(_ image: ImagePlanes, row: Int, column: Int, _ means: [UInt8]) -> [UInt8] {
    var planes = image.planes
    for (channel, mean) in means.enumerated() {
      for line in row..<row + square {
        let first = channel * ImagePlanes.planeSize + line * ImagePlanes.side + column
        planes.replaceSubrange(first..<first + square, with: repeatElement(mean, count: square))
      }
    }
    return planes
  }
}
