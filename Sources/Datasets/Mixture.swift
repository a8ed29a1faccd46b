import Kernels
import Tensors

/// The other image that an image is laid over, and what it should be answered. The loss of a mixed image is that of its
/// own target, times its share, plus that of the other target, times the rest; as the images are mixed.
///
/// Zhang, Cisse, Dauphin, Lopez-Paz, "mixup: Beyond empirical risk minimization", ICLR 2018. The other image is the next
/// one of the batch, and of the last one the first: an epoch's order is drawn by chance, so that neighbours are strangers.
/// A bad image is left out of its batch, and who would be mixed with it stays as it is, as does an image without others.
public struct Mixture: Sendable, Equatable {
  /// Of the image itself, 0.5...1.
  public var share: Double
  /// Index of the other image among the examples.
  public var example: Int
  public var target: Float
  public var weight: Float

  public init(share: Double, example: Int, target: Float, weight: Float) {
    self.share = share
    self.example = example
    self.target = target
    self.weight = weight
  }
}

extension Batch {
  /// Mixes the images that are complete in themselves.
  ///
  /// - Parameters:
  ///   - places: of the images in the schedule's batch, which has `count` of them, bad ones included.
  mutating func mix(as schedule: BatchSchedule, places: [Int], of count: Int) {
    mixtures = Array(repeating: nil, count: images.count)
    guard schedule.mixesImages, count > 1 else { return }
    let whole = images
    for (index, place) in places.enumerated() {
      let next = (index + 1) % places.count
      let share = schedule.view(of: examples[index], inEpoch: position.epoch).share
      guard places[next] == (place + 1) % count, share < 1 else { continue }
      images[index] = whole[index].mixed(with: whole[next], share: share)
      mixtures[index] = Mixture(
        share: share, example: examples[next], target: targets[next], weight: weights[next])
    }
  }
}

/// The share that an image keeps of itself: max(x, 1 - x) of an x with the beta distribution of (parameter, parameter).
/// Which of two images has the greater share is drawn by the batch's order already.
///
/// Jöhnk, "Erzeugung von betaverteilten und gammaverteilten Zufallszahlen", Metrika 8 (1964), in logarithms, since powers
/// of great exponents would all be 0: with uniform u and v, x = u^(1/a) / (u^(1/a) + v^(1/a)) if the sum is at most 1.
///
/// - Parameter parameter: 0.01...2; more would refuse most draws.
func mixtureShare(parameter: Double, seed: UInt64, epoch: Int, index: Int) -> Double {
  let random = CounterRandom(seed: seed, stream: RandomStream.mixture(epoch))
  // One draw of six is taken at least, so that a hundred in vain do not happen.
  for draw in 0..<100 {
    let words = random.block(at: UInt64(index), UInt64(draw))
    let (first, second) = (logarithm(words.0) / parameter, logarithm(words.1) / parameter)
    guard Elementary.exp(first) + Elementary.exp(second) <= 1 else { continue }
    // 1 / (1 + e^-d) is the greater share for a difference d >= 0 of the logarithms.
    return 1 / (1 + Elementary.exp(-abs(first - second)))
  }
  return 1
}

/// Of a uniform number in (0, 1).
private func logarithm(_ word: UInt64) -> Double { Elementary.log((Double(word >> 11) + 0.5) * 0x1p-53) }
