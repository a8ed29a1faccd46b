import Lessons
import Networks
import Testing

/// The homework's matrices, as the layer itself answers.
@Suite struct ConvolutionMatrixTests {
  @Test func twoTapsLeaveSixtyPercentZeros() throws {
    let matrix = try ConvolutionMatrix(Conv1d(channels: 1, kernel: 2, hasBias: false), inputs: 5, taps: [3, 7])
    #expect(matrix.rows == [[3, 7, 0, 0, 0], [0, 3, 7, 0, 0], [0, 0, 3, 7, 0], [0, 0, 0, 3, 7]])
    #expect(matrix.zeros == 12 && matrix.shareOfZeros == 0.6)
  }

  @Test func fourTapsLeaveTwentyPercent() throws {
    let layer = Conv1d(channels: 1, kernel: 4, hasBias: false)
    let matrix = try ConvolutionMatrix(layer, inputs: 5, taps: [1, 2, 3, 4])
    #expect(matrix.rows == [[1, 2, 3, 4, 0], [0, 1, 2, 3, 4]])
    #expect(matrix.zeros == 2 && matrix.entries == 10)
    let x = [0.5, -1.25, 2, 0.75, -0.5]
    let answer = try SequenceNetwork([layer], length: 5, parameters: [[1, 2, 3, 4]]).outputs([x])
    #expect(answer == [matrix.product(x)])
  }

  @Test func strideAndPaddingShiftTheBand() throws {
    let layer = Conv1d(channels: 1, kernel: 3, stride: 2, padding: 1, hasBias: false)
    let matrix = try ConvolutionMatrix(layer, inputs: 4, taps: [1, 2, 3])
    #expect(matrix.rows == [[2, 3, 0, 0], [0, 1, 2, 3]])
  }
}
