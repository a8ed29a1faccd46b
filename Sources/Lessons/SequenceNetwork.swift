public import Networks
import Tensors
import Workers

/// A network of a few layers on a sequence of values, in double precision: the real layers, at a size that fits on paper.
public struct SequenceNetwork {
  private let executor: Executor<Double>
  private let length: Int

  /// - Parameters:
  ///   - length: values of the sequence, in one channel.
  ///   - parameters: the values of each trained tensor; tensors that are left out are zero.
  public init(_ layers: [any Layer], length: Int, parameters: [[Double]]) throws {
    let plan = try NetworkPlan(
      Network(layers), input: Shape(channels: 1, height: 1, width: length), takesInputGradient: true)
    executor = try Executor(plan, team: Team(threads: 1))
    self.length = length
    for (slot, values) in zip(plan.parameters, parameters) { executor.values(of: slot).copy(from: values) }
    executor.prepare()
  }

  /// What the network makes of up to sixteen sequences in a training pass, which is a batch.
  public func outputs(_ sequences: [[Double]]) -> [[Double]] {
    for (lane, sequence) in sequences.enumerated() {
      for (place, value) in sequence.enumerated() { executor.input[0, 0, place][lane] = value }
    }
    executor.forward(training: TrainingDraw(images: sequences.count))
    return rows(of: executor.outputs, sequences.count)
  }

  /// The gradients of a loss by every parameter and by the sequences.
  /// - Parameter slopes: the loss's derivative by each output of each sequence.
  public func gradients(
    _ sequences: [[Double]], slopes: [[Double]]
  ) -> (parameters: [[Double]], sequences: [[Double]]) {
    _ = outputs(sequences)
    let view = executor.outputGradients
    for place in 0..<view.count {
      var lanes = Lanes<Double>(repeating: 0)
      for (lane, slope) in slopes.enumerated() { lanes[lane] = slope[place] }
      view[value: place] = lanes
    }
    executor.backward(training: TrainingDraw(images: sequences.count))
    let parameters = executor.plan.parameters.map { executor.gradient(of: $0).array() }
    return (parameters, executor.inputGradient(of: 0).map { rows(of: $0, sequences.count) } ?? [])
  }

  private func rows(of view: PackView<Double>, _ count: Int) -> [[Double]] {
    (0..<count).map { lane in (0..<view.count).map { view[value: $0][lane] } }
  }
}
