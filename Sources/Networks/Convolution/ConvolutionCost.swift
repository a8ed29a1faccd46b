import Kernels

/// How a convolution may be computed.
public enum ConvolutionAlgorithm: String, Sendable, CaseIterable, Codable {
  case direct
  case fourier
  case winograd
}

/// Which algorithms a plan may choose from.
public enum ConvolutionChoice: String, Sendable, CaseIterable, Codable {
  /// Whichever the cost model expects to be faster, for each layer and pass.
  case automatic
  case direct
  /// The Fourier domain wherever the kernel is small enough.
  case fourier
  /// Minimal filtering (Winograd) wherever the kernel is small enough.
  case winograd
}

/// What a pass is expected to cost, in nanoseconds an image on one core of the machine that the constants were
/// measured on: an AMD EPYC (Zen 5) with AVX-512, one of two cores, on 23 November 2026 (docs/0008). On another machine the
/// figures differ; `kiln describe NETWORK --plan` shows them beside what the passes take there. The choices stay the same
/// everywhere, because another choice would give other bits. The constants must therefore not be measured anew.
///
/// Direct convolution is bound by its multiply-adds. A pass in the Fourier domain takes three multiply-adds a
/// frequency, tile and pair of channels, for every tile and channel a transform, whose price is mostly that of moving
/// pixels and spectra through the caches, and for every chunk of tiles a walk through the spectra of all kernels, which
/// are in no cache if there are many channels: small images with many channels are therefore convolved directly.
///
/// The constants of minimal filtering are of another machine (AMD EPYC, Zen 3, AVX2, one core, on 27 November 2026), brought
/// to the scale of the others by what direct convolution takes on both. The two of its transforms were then lowered until
/// the choices were those that the layers' times there, and a sketch's on Zen 4 with AVX-512, ask for.
struct ConvolutionCost {
  /// Multiply-adds of sixteen lanes a nanosecond: 240 GFLOP/s, near what `kiln bench` measures in registers. Each kernel
  /// reaches its share of it.
  private static let peak = 7.5
  static let gflops = 2 * 16 * peak
  private static let directForward = 0.93 * peak
  private static let directBackward = 0.78 * peak
  private static let products = 0.85 * peak
  private static let correlations = 0.55 * peak
  /// Nanoseconds for one tile of one channel and pack: to its spectrum, or back and stored.
  private static let transform = 900.0
  /// Nanoseconds for one value of the kernels' spectra: read, or read and its gradient read and written.
  private static let kernelRead = 0.15
  private static let kernelUpdate = 1.1
  /// Of minimal filtering: the products' share of the peak, and multiply-adds that it takes to begin and store a sum of
  /// products, which weighs where there are few channels.
  private static let pointProducts = 0.8 * peak
  private static let sumOverhead = 6.0
  /// Nanoseconds for a tile of 6 x 6 of one channel and pack, to points or back and stored; for one whose channels are brought
  /// into the lanes; for a value of the kernels' points that is read; for a kernel's gradient that is made from its points.
  private static let tileTransform = 50.0
  private static let transposedTile = 60.0
  private static let kernelPoint = 0.08
  private static let finishedKernel = 6.0
  /// Nanoseconds for a value of one image that a pooling reads, and for its gradient.
  private static let pooledValue = 0.3
  private static let packImages = 16.0

  static func forward(_ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm) -> Double {
    switch algorithm {
    case .direct: multiplyAdds(geometry) / directForward / packImages
    case .fourier:
      FourierConvolution(geometry, needsInputGradient: false).map { fourier in
        let work = fourier.forwardWork
        return
          (work.products / products + work.transforms * transform
          + work.kernelValues * kernelRead) / packImages
      } ?? .infinity
    case .winograd:
      WinogradConvolution(geometry, needsInputGradient: false).map { winograd($0, $0.forwardWork) } ?? .infinity
    }
  }

  /// Both gradients, or that of the weights alone.
  static func backward(
    _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm, needsInputGradient: Bool
  ) -> Double {
    switch algorithm {
    case .direct:
      multiplyAdds(geometry) / directBackward / packImages * (needsInputGradient ? 2 : 1)
    case .fourier:
      FourierConvolution(geometry, needsInputGradient: needsInputGradient).map { fourier in
        let work = fourier.backwardWork
        return
          (work.products / products + work.correlations / correlations
          + work.transforms * transform + work.kernelValues * kernelUpdate) / packImages
      } ?? .infinity
    case .winograd:
      WinogradConvolution(geometry, needsInputGradient: needsInputGradient).map {
        winograd($0, $0.backwardWork) + Double($0.kernels) * finishedKernel / packImages
      } ?? .infinity
    }
  }

  /// A max pooling of 2 x 2 apart from the convolution whose outputs it reads, there and back.
  static func pooling(_ geometry: ConvolutionGeometry) -> Double {
    Double(geometry.outputChannels.times(geometry.outputHeight).times(geometry.outputWidth)) * pooledValue
  }

  private static func winograd(_ plan: WinogradConvolution, _ work: WinogradConvolution.Work) -> Double {
    ((work.products + work.sums * sumOverhead + work.correlations) / pointProducts + work.transforms * tileTransform
      + work.transposed * transposedTile + work.kernelPoints * kernelPoint) / packImages
  }

  private static func multiplyAdds(_ geometry: ConvolutionGeometry) -> Double {
    Double(geometry.weightCount.times(geometry.outputHeight).times(geometry.outputWidth))
  }
}
