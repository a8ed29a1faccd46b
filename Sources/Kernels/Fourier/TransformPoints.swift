import Tensors

// Where the points of a transform come from and go to. They are types rather than closures, so that they are inlined
// for certain: a vector that crosses a call is cut into pieces.

protocol RealSource<Scalar> {
  associatedtype Scalar: LaneScalar
  func value(_ index: Int) -> Lanes<Scalar>
}

protocol ComplexSource<Scalar> {
  associatedtype Scalar: LaneScalar
  func value(_ index: Int) -> Complex<Scalar>
}

protocol RealSink<Scalar> {
  associatedtype Scalar: LaneScalar
  func put(_ index: Int, _ value: Lanes<Scalar>)
}

protocol ComplexSink<Scalar> {
  associatedtype Scalar: LaneScalar
  func put(_ index: Int, _ value: Complex<Scalar>)
}
