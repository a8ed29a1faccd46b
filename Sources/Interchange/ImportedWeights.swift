public import Checkpoints
public import Datasets
import DurableFiles
import Images
public import Networks
public import Tensors

/// The tensors of a file that another program wrote, or Kiln: what `kiln import` makes a checkpoint of.
public struct ImportedWeights: Sendable {
  public let path: String
  public private(set) var tensors: [NamedTensor]
  /// Names of tensors of the file that no network needs: PyTorch's counters of batches.
  public private(set) var ignored: [String] = []
  /// Names of tensors of double precision in which a value had to be rounded.
  public private(set) var rounded: [String] = []
  /// What the file says of the normalization of pixels; nil if it says nothing.
  public private(set) var statistics: ChannelStatistics?
  /// What the file says of the classes' names; nil if it says nothing.
  public private(set) var classes: [String]?

  /// The images that the network is for.
  public var input: Shape { Shape(channels: 3, height: ImagePlanes.side, width: ImagePlanes.side) }

  private static let sizeLimit = 1 << 32

  /// Reads a safetensors file, or a NumPy archive that is not compressed.
  /// - Throws: `.file` if it cannot be read; `.unreadable` if it is neither, or damaged.
  public init(contentsOf path: String) throws(InterchangeError) {
    let bytes: [UInt8]
    do { bytes = try readFile(path, limit: Self.sizeLimit) } catch { throw .file(error) }
    if StoredZip.isArchive(bytes) {
      try self.init(path, archive: NPZContent(bytes, path: path))
    } else {
      try self.init(path, safetensors: bytes)
    }
  }

  private init(_ path: String, archive: NPZContent) throws(InterchangeError) {
    self.path = path
    (tensors, rounded, ignored) = (archive.tensors, archive.rounded, archive.ignored)
    (statistics, classes) = (archive.statistics, archive.classes)
  }

  private init(_ path: String, safetensors bytes: [UInt8]) throws(InterchangeError) {
    self.path = path
    let file: TensorFile
    do {
      file = try Safetensors.decode(bytes)
      // PyTorch's counters of batches, which the decoder passes over.
      ignored = try SafetensorsIndex(bytes).tensors.map(\.name).filter {
        ByteText($0).hasSuffix(".num_batches_tracked")
      }
    } catch {
      throw .unreadable(
        path: path, problem: "\(error)",
        cure: "write it with `safetensors.torch.save_file`, or name a checkpoint's model")
    }
    (tensors, rounded) = (file.tensors, file.rounded)
    // As a checkpoint's metadata have them.
    let (mean, deviation) = (Self.numbers(file.metadata["mean"]), Self.numbers(file.metadata["deviation"]))
    if let mean, let deviation, deviation.allSatisfy({ $0 > 0 }) {
      statistics = ChannelStatistics(mean: mean, deviation: deviation)
    }
    classes = file.metadata["classes"]?.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
  }

  private static func numbers(_ text: String?) -> [Double]? {
    let numbers = (text ?? "").split(separator: " ").compactMap { Double($0) }.filter(\.isFinite)
    return numbers.count == 3 ? numbers : nil
  }

  /// Every tensor that the network needs is there, in its shape, and no other.
  ///
  /// - Throws: `.mismatch`, which names the tensor, its layer and the cure.
  public func check(against plan: NetworkPlan) throws(InterchangeError) {
    let slots = plan.parameters + plan.statistics
    if let prefix = commonPrefix(of: slots.map(\.name)) {
      throw mismatch(
        "every name begins with `\(prefix)`: the network is a part of another module",
        "save that part alone: `safetensors.torch.save_file(model.\(prefix.dropLast()).state_dict(), …)`")
    }
    func place(_ slot: ParameterSlot) -> String { "layer \(slot.layer) (\(plan.layers[slot.layer].keyword))" }
    switch plan.misfit(of: tensors) {
    case nil: break
    case .missing(let slot):
      throw mismatch(
        "it has no tensor `\(slot.name)`, which \(place(slot)) needs as \(slot.shape); it has \(listed)", Self.cure)
    case .shape(let slot, let tensor):
      throw mismatch(
        "`\(slot.name)` has the shape \(tensor.shape), and \(place(slot)) needs \(slot.shape)",
        "name the network with the layers that the file was written for")
    case .stranger(let tensor):
      throw mismatch(
        "the network has no tensor `\(printable(tensor.name))` of \(tensor.shape)",
        "name the network with the layers that the file was written for, or save the network's own tensors alone")
    }
    for tensor in tensors {
      guard let index = tensor.values.firstIndex(where: { !$0.isFinite }) else { continue }
      throw mismatch(
        "`\(tensor.name)` has a value that is no finite number (\(tensor.values[index]) at \(index)): its training diverged",
        "take an earlier checkpoint")
    }
  }

  private static let cure =
    "name the network that the file is of: a torch.nn.Sequential with the same layers, in the same order, names its tensors so"

  /// What stands before every name of the file, if the rest is what the network needs.
  private func commonPrefix(of names: [String]) -> String? {
    guard let first = names.first, !tensors.contains(where: { ByteText($0.name) == ByteText(first) }) else {
      return nil
    }
    let prefixes = tensors.compactMap { ByteText($0.name).before(suffix: ".\(first)") }
    guard let prefix = prefixes.first, prefixes.count == 1 else { return nil }
    let own = Set(tensors.map { ByteText($0.name) })
    return names.allSatisfy { own.contains(ByteText("\(prefix).\($0)")) } ? printable("\(prefix).") : nil
  }

  private var listed: String {
    tensors.prefix(8).map { "\(printable($0.name)) \($0.shape)" }.joined(separator: ", ")
      + (tensors.count > 8 ? ", …" : "")
  }

  private func mismatch(_ problem: String, _ cure: String) -> InterchangeError {
    .mismatch(path: path, problem: problem, cure: cure)
  }
}
