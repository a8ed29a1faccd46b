import Charts
import Checkpoints
import DurableFiles

/// The filters of one convolution of a checkpoint.
struct FilterPicture {
  let tensor: CheckpointTensor
  let sheet: FilterSheet

  /// - Parameter layer: what stands before the name's last dot, as `0` of `0.weight`; nil for the first convolution.
  init(of files: CheckpointFiles, layer: String?) throws {
    let file = try SafetensorsFile(files.model)
    let candidates = Self.filters(in: file.index)
    guard let place = candidates.first(where: { layer == nil || ByteText(Self.layer($0)) == ByteText(layer ?? "") })
    else {
      let layers = candidates.prefix(20).map(Self.layer).joined(separator: ", ")
      let has = layers.isEmpty ? "it has no convolution" : "those with filters are \(layers)"
      throw CommandFailure("\(files.model) has no filters\(layer.map { " in layer \($0)" } ?? ""); \(has)", .noInput)
    }
    tensor = try CheckpointTensor(named: place.name, in: files)
    let type = try tensor.numericType(to: "draw")
    guard place.count <= 1 << 26 else {
      throw CommandFailure("`\(place.name)` has \(place.count) values, too many to be drawn", .badData)
    }
    let values = (type.numbers(in: try file.bytes(of: place)) ?? []).map { Float($0) }
    let size = place.shape.count == 4 ? (place.shape[2], place.shape[3]) : (1, place.shape[2])
    let name = CheckpointOrigin(model: file.index, training: nil).metadata["job"] ?? ByteText(files.model).lastName
    sheet = FilterSheet(
      heading: "\(printable(name, limit: 60)): \(printable(place.name))", values, filters: place.shape[0],
      channels: place.shape[1], height: size.0, width: size.1)
    guard sheet.isDrawable else {
      throw CommandFailure("the filters of `\(place.name)` are too large for a picture: \(place.shapeText)", .badData)
    }
  }

  /// [filter][channel][row][column], or without rows: the tensors that a convolution's weights can be, by the numbers of
  /// their layers if these are numbers.
  private static func filters(in index: SafetensorsIndex) -> [SafetensorsIndex.Tensor] {
    let found = index.tensors.filter { tensor in
      (3...4).contains(tensor.shape.count) && tensor.count > 0 && tensor.type?.isNumeric == true
    }
    let numbers = found.map { $0.name.split(separator: ".").first.flatMap { Int($0) } }
    guard !numbers.contains(nil) else { return found }
    return zip(numbers, found).sorted { ($0.0 ?? 0) < ($1.0 ?? 0) }.map(\.1)
  }

  private static func layer(_ tensor: SafetensorsIndex.Tensor) -> String {
    tensor.name.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(tensor.name[..<$0]) } ?? tensor.name
  }

  struct Summary: Encodable {
    let file: String
    let tensor: String
    let filters: Int
    let channels: Int
    let height: Int
    let width: Int
    /// Of the scale: it goes from the negative of this to this.
    let limit: Float
    let pictures: String
  }

  func summary(_ path: String) -> Summary {
    Summary(
      file: path, tensor: tensor.place.name, filters: sheet.filters, channels: tensor.place.shape[1],
      height: sheet.height, width: sheet.width, limit: sheet.limit, pictures: sheet.pictures.rawValue)
  }

  /// What was drawn, and what was not.
  func text(_ path: String) -> String {
    let all = tensor.place.shape[0]
    let rest = all > sheet.filters ? "; the other \((all - sheet.filters).grouped) are left out" : ""
    return "\(path): \(sheet.filters.grouped) filters of \(tensor.place.name) (\(tensor.place.shapeText)), "
      + "from -\(shortest(Double(sheet.limit), digits: 3)) to \(shortest(Double(sheet.limit), digits: 3)); \(sheet.legend)\(rest)"
  }
}
