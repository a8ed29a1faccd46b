/// Calls `body` with 0, 1, … below `count`, a compile-time constant of at most ten, as straight-line code.
///
/// The optimizer keeps an array in registers only while every index into it is a constant. A
/// loop becomes constants when it is unrolled, which depends on the optimizer's mood; this does not.
@inline(__always)
func unrolled(_ count: Int, _ body: (Int) -> Void) {
  if count > 0 { body(0) }
  if count > 1 { body(1) }
  if count > 2 { body(2) }
  if count > 3 { body(3) }
  if count > 4 { body(4) }
  if count > 5 { body(5) }
  if count > 6 { body(6) }
  if count > 7 { body(7) }
  if count > 8 { body(8) }
  if count > 9 { body(9) }
}
