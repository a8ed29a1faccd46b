extension ElementType {
  /// Whether elements are read as numbers: booleans (as 0 and 1), whole numbers, and floating point of 16 bits or more.
  public var isNumeric: Bool {
    switch self {
    case .bool, .u8, .i8, .i16, .u16, .f16, .bf16, .i32, .u32, .f32, .f64, .i64, .u64: true
    case .f4, .f6E2M3, .f6E3M2, .f8E5M2, .f8E4M3, .f8E8M0, .f8E4M3FNUZ, .f8E5M2FNUZ, .c64: false
    }
  }

  /// Whether a `Float` holds every value of the type.
  public var isExactInSinglePrecision: Bool { isNumeric && (bits < 32 || self == .f32) }

  /// The elements as numbers, exactly; of I64 and U64 those beyond 2^53 rounded to the nearest. Nil for a type that is not
  /// read.
  ///
  /// - Parameter bytes: little-endian, of whole elements.
  public func numbers(in bytes: [UInt8]) -> [Double]? {
    switch self {
    case .bool: bytes.map { $0 == 0 ? 0 : 1 }
    case .u8: bytes.map { Double($0) }
    case .i8: bytes.map { Double(Int8(bitPattern: $0)) }
    case .i16: elements(bytes, Int16.self).map { Double($0) }
    case .u16: elements(bytes, UInt16.self).map { Double($0) }
    case .i32: elements(bytes, Int32.self).map { Double($0) }
    case .u32: elements(bytes, UInt32.self).map { Double($0) }
    case .i64: elements(bytes, Int64.self).map { Double($0) }
    case .u64: elements(bytes, UInt64.self).map { Double($0) }
    case .f64: elements(bytes, Double.self)
    case .f16, .bf16, .f32: singles(in: bytes)?.map { Double($0) }
    default: nil
    }
  }

  /// The elements of floating point in single precision, those of F64 rounded to the nearest; nil for any other type.
  func singles(in bytes: [UInt8]) -> [Float]? {
    switch self {
    case .f16: elements(bytes, UInt16.self).map(Self.single(half:))
    case .bf16: elements(bytes, UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    case .f32: elements(bytes, Float.self)
    case .f64: elements(bytes, Double.self).map { Float($0) }
    default: nil
    }
  }

  /// Each element in the shortest decimal that reads back as the same bits (a NaN's payload aside): `nan`, `inf`, `-0.0`.
  /// Nil for a type that is not read.
  public func texts(in bytes: [UInt8]) -> [String]? {
    switch self {
    case .bool: bytes.map { $0 == 0 ? "false" : "true" }
    case .i64: elements(bytes, Int64.self).map { "\($0)" }
    case .u64: elements(bytes, UInt64.self).map { "\($0)" }
    case .f64: elements(bytes, Double.self).map { "\($0)" }
    case .f16, .bf16, .f32: singles(in: bytes)?.map { "\($0)" }
    default: numbers(in: bytes)?.map { "\(Int64($0))" }
    }
  }

  /// IEEE 754's binary16 in binary32: sign, 5 bits of exponent, 10 of fraction.
  private static func single(half bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1F)
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    // The subnormals and zero are multiples of 2^-24.
    case 0: return Float(bitPattern: (Float(fraction) * 0x1p-24).bitPattern | sign)
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }

  /// Both x86-64 and AArch64 are little-endian: the file's order is memory's.
  private func elements<Element: BitwiseCopyable>(_ bytes: [UInt8], _ type: Element.Type) -> [Element] {
    let count = bytes.count / MemoryLayout<Element>.size
    return [Element](unsafeUninitializedCapacity: count) { buffer, filled in
      bytes.withUnsafeBytes { source in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source.prefix(count * MemoryLayout<Element>.size)))
      }
      filled = count
    }
  }
}
