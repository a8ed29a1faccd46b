import DurableFiles

extension Safetensors {
  /// The tensors, in the order of their bytes, and the metadata. A checksum, where there is one, is verified.
  ///
  /// F16 and BF16 become single precision exactly; F64 is rounded to it, and the names of the tensors in which that changed a
  /// value are in `rounded`. PyTorch's counters of batches (`num_batches_tracked`) are left out.
  ///
  /// Nothing in the file is believed before it is checked: every claim about a length is compared with the bytes
  /// that are there before memory is taken for it.
  /// - Throws: the `CheckpointError` that names the first fault.
  public static func decode(_ bytes: [UInt8]) throws(CheckpointError) -> TensorFile {
    let file = try content(of: bytes)
    try checkSum(file)
    return file
  }

  /// The same for a file whose checksum may be wrong: to find out what is damaged, and for nothing else.
  static func content(of bytes: [UInt8]) throws(CheckpointError) -> TensorFile {
    let index = try SafetensorsIndex(bytes)
    var file = TensorFile(tensors: [], metadata: try texts(index.metadata))
    for tensor in index.tensors where !isCounter(tensor) {
      let content = Array(bytes[tensor.bytes])
      guard let type = tensor.type, let values = type.singles(in: content) else {
        throw .unsupportedType(tensor: tensor.name, type: tensor.typeName)
      }
      if type == .f64, try isRounded(type.numbers(in: content) ?? [], to: values, of: tensor.name) {
        file.rounded.append(tensor.name)
      }
      file.tensors.append(NamedTensor(name: tensor.name, shape: tensor.shape, values: values))
    }
    return file
  }

  /// The same for a file that `encode` made. Every bit counts: those of the values by the checksum, which must be there,
  /// and those of the header because there is only one way to write it.
  static func decodeOwn(_ bytes: [UInt8]) throws(CheckpointError) -> TensorFile {
    let file = try decode(bytes)
    guard file.metadata[checksumKey] != nil else { throw .checksumMissing }
    guard bytes.starts(with: try header(file.tensors, file.metadata)) else { throw .foreignHeader }
    return file
  }

  /// How many batches a normalization of PyTorch has seen: a whole number that nothing depends on.
  static func isCounter(_ tensor: SafetensorsIndex.Tensor) -> Bool {
    tensor.type == .i64 && ByteText(tensor.name).hasSuffix(".num_batches_tracked")
  }

  static func texts(_ metadata: [SafetensorsIndex.Metadata]) throws(CheckpointError) -> [String: String] {
    var texts: [String: String] = [:]
    for member in metadata {
      guard texts.updateValue(member.value, forKey: member.key) == nil else { throw .duplicateName(member.key) }
    }
    return texts
  }

  /// - Throws: `outOfRange` for a finite value that single precision does not reach.
  private static func isRounded(
    _ numbers: [Double], to values: [Float], of tensor: String
  ) throws(CheckpointError) -> Bool {
    var isRounded = false
    for (number, value) in zip(numbers, values) where Double(value) != number && !number.isNaN {
      guard value.isFinite else { throw .outOfRange(tensor: tensor, value: number) }
      isRounded = true
    }
    return isRounded
  }

  private static func checkSum(_ file: TensorFile) throws(CheckpointError) {
    guard let recorded = file.metadata[checksumKey] else { return }
    let computed = checksum(file.tensors, file.metadata)
    guard recorded == computed else { throw .checksumMismatch(recorded: recorded, computed: computed) }
  }
}
