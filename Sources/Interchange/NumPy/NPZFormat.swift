import Checkpoints
public import Training

/// The network's tensors as NumPy has them: a `.npz`, in which `numpy.load` finds each under its name (`0.weight`), and beside
/// them `mean` and `std` of the normalization, the names of the `classes`, and `threshold` and `temperature` if they were
/// chosen.
public enum NPZFormat: ExportFormat {
  public static let keyword = "npz"
  public static let summary = "every tensor as NumPy loads it, with mean, std and classes"

  /// The archive's comment, by which an earlier export is known.
  private static let comment = "kiln export --format npz"

  public static func files(
    of subject: ExportSubject, at path: String, _ options: Set<ExportOption>
  ) throws(InterchangeError) -> [ExportedFile] {
    let bytes = try bytes(try subject.network())
    return [ExportedFile(path: path, bytes: bytes, noun: "NumPy archive of Kiln's", isOwn: isOwn)]
  }

  /// The archive's bytes.
  public static func bytes(_ network: TrainedNetwork) throws(InterchangeError) -> [UInt8] {
    let arrays = arrays(of: network)
    let size = arrays.reduce(0) { $0 + $1.bytes.count + 200 }
    guard size < StoredZip.sizeLimit else {
      throw .tooLarge(format: keyword, bytes: size, limit: StoredZip.sizeLimit)
    }
    var archive = StoredZip()
    for (name, bytes) in arrays { archive.add("\(name).npy", bytes) }
    guard let bytes = archive.finished(comment: comment) else {
      throw .tooLarge(format: keyword, bytes: size, limit: StoredZip.sizeLimit)
    }
    return bytes
  }

  static func isOwn(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x50, 0x4B]) && bytes.suffix(comment.utf8.count).elementsEqual(comment.utf8)
  }

  private static func arrays(of network: TrainedNetwork) -> [(name: String, bytes: [UInt8])] {
    var arrays = network.model.map { (name: $0.name, bytes: NumPyArray.bytes($0.values, shape: $0.shape)) }
    arrays.append(("mean", NumPyArray.bytes(network.statistics.mean, shape: [3])))
    arrays.append(("std", NumPyArray.bytes(network.statistics.deviation, shape: [3])))
    arrays.append(("classes", NumPyArray.bytes(texts: network.classes)))
    if let threshold = network.decision?.threshold {
      arrays.append(("threshold", NumPyArray.bytes([threshold], shape: [])))
    }
    if let temperature = network.decision?.temperature {
      arrays.append(("temperature", NumPyArray.bytes([temperature], shape: [])))
    }
    return arrays
  }
}

extension NumPyArray {
  /// A whole file of double-precision values in row-major order.
  /// - Parameter values: as many as the shape holds.
  static func bytes(_ values: [Double], shape: [Int]) -> [UInt8] {
    header(shape: shape, type: .float64) + values.withUnsafeBytes { Array($0) }
  }

  /// A whole file of a list of texts. NumPy gives each the room of the longest, four bytes a character, and takes zeros at
  /// the end for nothing.
  static func bytes(texts: [String]) -> [UInt8] {
    let longest = max(texts.map(\.unicodeScalars.count).max() ?? 0, 1)
    let characters = texts.flatMap { text in
      let numbers = text.unicodeScalars.map(\.value)
      return numbers + [UInt32](repeating: 0, count: longest - numbers.count)
    }
    return header(shape: [texts.count], description: "<U\(longest)") + characters.withUnsafeBytes { Array($0) }
  }
}
