import Glibc
import Kernels
import Tensors
import Testing

/// The elementary functions against the C library's, which err by less than one unit in the last place.
@Suite struct ElementaryTests {
  /// Units in the last place between two values.
  private func distance(_ value: Double, _ truth: Double) -> Double {
    value == truth ? 0 : abs(value - truth) / truth.ulp
  }

  @Test func exponential() {
    var dice = Dice(seed: 1)
    var worst = 0.0
    for scale in [1e-9, 0.01, 0.7, 5, 100, 700] {
      for _ in 0..<2000 {
        let x = scale * dice.number()
        worst = max(worst, distance(Elementary.exp(x), exp(x)))
      }
    }
    #expect(worst <= 4)
  }

  /// Results too small for a normal number lose bits, as they must; the C library rounds once, we may twice.
  @Test func exponentialAtItsEnds() {
    for x in [-708.5, -720, -740, -745.1] {
      #expect(abs(Elementary.exp(x) - exp(x)) <= 4 * Double.leastNonzeroMagnitude + 4 * exp(x).ulp)
    }
    #expect(Elementary.exp(0) == 1)
    #expect(distance(Elementary.exp(709.7), exp(709.7)) <= 4)
    #expect(Elementary.exp(710) == .infinity && Elementary.exp(.infinity) == .infinity)
    #expect(Elementary.exp(-746) == 0 && Elementary.exp(-.infinity) == 0)
    #expect(Elementary.exp(.nan).isNaN)
  }

  @Test func logarithm() {
    var dice = Dice(seed: 2)
    var worst = 0.0
    for scale in [1e-300, 1e-17, 1e-9, 1e-3, 0.5, 1] {
      for _ in 0..<2000 {
        let x = scale * abs(dice.number())
        worst = max(worst, distance(Elementary.log1p(x), log1p(x)))
      }
    }
    for x in [0, 0.5, 0.5.nextDown, 1] { worst = max(worst, distance(Elementary.log1p(x), log1p(x))) }
    #expect(worst <= 4)
  }

  @Test func logarithmOfAnyNumber() {
    var dice = Dice(seed: 3)
    var worst = 0.0
    for exponent in [-300.0, -20, -1, -0.1, 0.1, 1, 20, 300] {
      for _ in 0..<1000 {
        let x = pow(10, exponent * abs(dice.number()))
        // Near 1 the logarithm is small, and its own digits are what counts.
        worst = max(worst, distance(Elementary.log(x), log(x)))
      }
    }
    #expect(worst <= 4)
    #expect(Elementary.log(1) == 0 && Elementary.log(0) == -.infinity && Elementary.log(.infinity) == .infinity)
    #expect(Elementary.log(-1).isNaN && Elementary.log(.nan).isNaN)
  }

  @Test func powersAndCosines() {
    var dice = Dice(seed: 4)
    for _ in 0..<2000 {
      let (base, exponent) = (abs(dice.number()), 5 * abs(dice.number()))
      #expect(abs(Elementary.power(base, exponent) - pow(base, exponent)) <= 1e-14)
      let x = abs(dice.number())
      #expect(abs(Elementary.cosineOfPi(times: x) - cos(.pi * x)) <= 1e-15)
    }
    #expect(Elementary.power(0.999, 1000) == Elementary.power(0.999, 1000.0))
    #expect(abs(Elementary.power(0.999, 1000) - pow(0.999, 1000)) < 1e-13)
    #expect(Elementary.power(0, 0.5) == 0 && Elementary.power(7, 0) == 1)
    #expect(Elementary.cosineOfPi(times: 0) == 1 && Elementary.cosineOfPi(times: 1) == -1)
    #expect(abs(Elementary.cosineOfPi(times: 0.5)) < 1e-16)
  }
}
