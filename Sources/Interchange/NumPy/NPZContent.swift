import Checkpoints
import Datasets
import DurableFiles

/// What a NumPy archive holds of a network: its tensors, and what an export of Kiln's has beside them.
struct NPZContent {
  private(set) var tensors: [NamedTensor] = []
  private(set) var rounded: [String] = []
  private(set) var ignored: [String] = []
  private(set) var statistics: ChannelStatistics?
  private(set) var classes: [String]?

  /// - Throws: `.unreadable`.
  init(_ bytes: [UInt8], path: String) throws(InterchangeError) {
    do throws(StoredMembers.Fault) { try self.init(StoredMembers(bytes)) } catch {
      throw .unreadable(path: path, problem: printable(error.problem), cure: error.cure)
    }
  }

  private init(_ archive: StoredMembers) throws(StoredMembers.Fault) {
    var (mean, deviation): ([Double]?, [Double]?)
    var names: Set<ByteText> = []
    for (member, content) in archive.members {
      guard let name = ByteText(member).before(suffix: ".npy") else {
        throw StoredMembers.Fault(
          "\(member) is no array",
          cure:
            "a file of `torch.save` is a pickle, which Kiln does not read: write it with `safetensors.torch.save_file`")
      }
      guard names.insert(ByteText(name)).inserted else { throw StoredMembers.Fault("\(name) occurs twice") }
      if ByteText(name).hasSuffix(".num_batches_tracked") {
        ignored.append(name)
        continue
      }
      let array = try NumPyContent(content, name: name)
      switch name {
      case "mean": mean = try array.numbers()
      case "std": deviation = try array.numbers()
      case "classes": classes = array.texts
      // A decision is one of the images that it was made on.
      case "threshold", "temperature": ignored.append(name)
      default:
        let numbers = try array.numbers()
        let values = numbers.map { Float($0) }
        if zip(numbers, values).contains(where: { $0 != Double($1) && !$0.isNaN }) { rounded.append(name) }
        tensors.append(NamedTensor(name: name, shape: array.shape, values: values))
      }
    }
    if let mean, let deviation, mean.count == 3, deviation.count == 3, deviation.allSatisfy({ $0 > 0 && $0.isFinite }) {
      statistics = ChannelStatistics(mean: mean, deviation: deviation)
    }
  }
}

/// One array of an archive, as `numpy.save` writes it, in versions 1.0 to 3.0 of the format.
package struct NumPyContent {
  let name: String
  /// The type of its elements, as `numpy.dtype.str` has it.
  let type: String
  let shape: [Int]
  private let values: ArraySlice<UInt8>

  package init(_ bytes: ArraySlice<UInt8>, name: String) throws(StoredMembers.Fault) {
    self.name = name
    let start = bytes.startIndex
    guard bytes.count >= 12, bytes.starts(with: [0x93] + Array("NUMPY".utf8)), (1...3).contains(bytes[start + 6]) else {
      throw StoredMembers.Fault("\(name) is no array of NumPy's")
    }
    let lengthBytes = bytes[start + 6] == 1 ? 2 : 4
    let length = bytes[start + 8..<start + 8 + lengthBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
    let begin = start + 8 + lengthBytes
    guard begin + length <= bytes.endIndex else { throw StoredMembers.Fault("\(name) ends within its header") }
    let header = String(decoding: bytes[begin..<begin + length], as: UTF8.self)
    guard let type = Self.value(of: "descr", in: header, from: "'", to: "'"),
      let sides = Self.value(of: "shape", in: header, from: "(", to: ")")
    else { throw StoredMembers.Fault("\(name) has a header that Kiln does not read") }
    guard header.contains("'fortran_order': False") else {
      throw StoredMembers.Fault("\(name) is stored by columns", cure: "save it through `numpy.ascontiguousarray`")
    }
    let numbers = sides.split(separator: ",").map { Int($0.filter { $0 != " " }) }
    shape = numbers.compactMap { $0 }.filter { $0 >= 0 }
    guard shape.count == numbers.count else { throw StoredMembers.Fault("\(name) has no shape") }
    self.type = type
    values = bytes[(begin + length)...]
  }

  /// The elements, of single or double precision.
  package func numbers() throws(StoredMembers.Fault) -> [Double] {
    let numbers: [Double]
    switch type {
    case "<f4": numbers = words(UInt32.self).map { Double(Float(bitPattern: $0)) }
    case "<f8": numbers = words(UInt64.self).map { Double(bitPattern: $0) }
    default:
      throw StoredMembers.Fault("\(name) has elements of \(type)", cure: "convert it with `.astype(numpy.float32)`")
    }
    var count = 1
    for side in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      guard !overflow else { throw StoredMembers.Fault("\(name) cannot have the shape \(shape)") }
      count = product
    }
    guard count == numbers.count, values.count.isMultiple(of: type == "<f4" ? 4 : 8) else {
      throw StoredMembers.Fault("\(name) has the shape \(shape) and \(numbers.count) values")
    }
    return numbers
  }

  /// The elements of a list of texts; nil if it is none.
  var texts: [String]? {
    guard type.hasPrefix("<U"), let length = Int(type.dropFirst(2)), length > 0, shape.count == 1 else { return nil }
    let characters = words(UInt32.self)
    guard characters.count == shape[0] * length else { return nil }
    return stride(from: 0, to: characters.count, by: length).map { start in
      let scalars = characters[start..<start + length].prefix { $0 != 0 }.compactMap(Unicode.Scalar.init)
      return String(String.UnicodeScalarView(scalars))
    }
  }

  private func words<Word: FixedWidthInteger>(_ type: Word.Type) -> [Word] {
    let size = Word.bitWidth / 8
    return stride(from: values.startIndex, to: values.endIndex - size + 1, by: size).map { place in
      values[place..<place + size].reversed().reduce(0) { $0 << 8 | Word($1) }
    }
  }

  /// What stands behind a key of the header, between two marks.
  private static func value(of key: String, in header: String, from begin: Character, to end: Character) -> String? {
    guard let place = header.firstRange(of: "'\(key)':") else { return nil }
    let rest = header[place.upperBound...].drop { $0 == " " }
    guard rest.first == begin else { return nil }
    let inner = rest.dropFirst()
    return inner.firstIndex(of: end).map { String(inner[..<$0]) }
  }
}
