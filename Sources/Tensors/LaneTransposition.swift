public import CVector

// Sixteen images of sixteen channels to sixteen channels of sixteen images (`LaneScalar.transpose`).

extension Float {
  @inlinable @inline(__always)
  public static func transpose(
    _ vectors: UnsafePointer<Lanes<Float>>, step: Int, into transposed: UnsafeMutablePointer<Lanes<Float>>,
    step transposedStep: Int
  ) {
    kiln_transpose_float16(vectors, step, transposed, transposedStep)
  }
}

extension Double {
  @inlinable @inline(__always)
  public static func transpose(
    _ vectors: UnsafePointer<Lanes<Double>>, step: Int, into transposed: UnsafeMutablePointer<Lanes<Double>>,
    step transposedStep: Int
  ) {
    kiln_transpose_double16(vectors, step, transposed, transposedStep)
  }
}
