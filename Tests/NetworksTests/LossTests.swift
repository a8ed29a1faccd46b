import Configuration
import Networks
import Testing

/// Every loss against PyTorch, against differences, and at the ends of its range.
@Suite struct LossTests {
  struct Case: Decodable {
    let keyword, settings: String
    let outputs: [[Double]]
    let targets, losses: [Double]
    let gradients: [[Double]]

    func loss() throws -> any Loss {
      try lossCatalogue.read(Document.parse("\(keyword): \(settings)", file: "job"))
    }
  }

  @Test func agreesWithTorch() throws {
    let cases = try TorchFixture.json("losses", as: [Case].self)
    #expect(Set(cases.map(\.keyword)) == Set(lossCatalogue.keywords))
    for expected in cases {
      let loss = try expected.loss()
      for index in expected.outputs.indices {
        let value = loss.evaluate(outputs: expected.outputs[index], target: expected.targets[index])
        #expect(abs(value.loss - expected.losses[index]) <= 1e-13 * max(1, expected.losses[index]))
        for (gradient, truth) in zip(value.gradients, expected.gradients[index]) {
          #expect(abs(gradient - truth) < 1e-13 * max(1, abs(truth)), "\(expected.keyword) \(expected.settings)")
        }
      }
    }
  }

  @Test func gradientsAreDifferences() throws {
    let step = 1e-5
    for expected in try TorchFixture.json("losses", as: [Case].self) {
      let loss = try expected.loss()
      for (outputs, target) in zip(expected.outputs, expected.targets) {
        let value = loss.evaluate(outputs: outputs, target: target)
        for k in outputs.indices {
          var (above, below) = (outputs, outputs)
          above[k] += step
          below[k] -= step
          let difference =
            (loss.evaluate(outputs: above, target: target).loss - loss.evaluate(outputs: below, target: target).loss)
            / (2 * step)
          #expect(abs(difference - value.gradients[k]) < 1e-8 * max(1, value.loss))
        }
      }
    }
  }

  @Test func probabilitiesAreThose() {
    for loss in [BinaryCrossEntropy() as any Loss, SoftmaxCrossEntropy(), MeanSquaredError()] {
      for outputs in [[-800.0, 3, 800], [0, 0, 0], [-1, 2, 0.5]].map({
        type(of: loss).accepts(outputs: 3) ? $0 : [$0[1]]
      }) {
        let probabilities = loss.probabilities(outputs: outputs)
        #expect(probabilities.count == max(2, outputs.count))
        #expect(probabilities.allSatisfy { (0...1).contains($0) })
        if !(loss is MeanSquaredError) { #expect(abs(probabilities.reduce(0, +) - 1) < 1e-14) }
      }
    }
  }

  @Test func probabilitiesGoBackToOutputs() {
    for loss in [BinaryCrossEntropy(positiveWeight: 2) as any Loss, SoftmaxCrossEntropy(), MeanSquaredError()] {
      for probability in [0.0, 1e-6, 0.3, 0.5, 0.9, 1] {
        let outputs = loss.outputs(probabilities: [1 - probability, probability])
        #expect(abs(loss.probabilities(outputs: outputs)[1] - probability) < 1e-14)
        #expect(loss.evaluate(outputs: outputs, target: 1).loss.isFinite)
      }
    }
  }

  @Test func extremeLogitsStayFinite() {
    let value = SoftmaxCrossEntropy().evaluate(outputs: [1e4, -1e4, 0], target: 1)
    #expect(value.loss == 2e4 && value.gradients == [1, -1, 0])
    #expect(SoftmaxCrossEntropy().evaluate(outputs: [1, .nan], target: 1).loss.isNaN)
    #expect(MeanSquaredError().evaluate(outputs: [.nan], target: 1).loss.isNaN)
    #expect(BinaryCrossEntropy(positiveWeight: 3).evaluate(logit: .nan, target: 0).loss.isNaN)
  }
}
