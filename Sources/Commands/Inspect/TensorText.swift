import Charts
import Checkpoints
import DurableFiles

/// A tensor with its values, for people.
struct TensorText {
  let tensor: CheckpointTensor
  let survey: TensorSurvey?
  let columns: Int

  /// More values than these are said to be left out.
  private static let mostValues = 1000

  func text() throws -> String {
    let place = tensor.place
    let head = "\(printable(place.name)): \(place.typeName), \(place.shapeText), \(place.count.grouped) values"
    guard let survey, let type = place.type, type.isNumeric else {
      return "\(head)\nThis type is listed and not read: \(place.bytes.count.grouped) bytes."
    }
    let shown = min(place.count, Self.mostValues)
    let texts = type.texts(in: try tensor.file.bytes(of: place, type, elements: 0..<shown)) ?? []
    var blocks = [([head] + figures(survey)).joined(separator: "\n")]
    if !texts.isEmpty { blocks.append(rows(texts, place.shape).joined(separator: "\n")) }
    if place.count > shown {
      blocks.append(
        "… and \((place.count - shown).grouped) more; `--output FILE.npy` or `--output FILE.csv` writes them all")
    }
    return blocks.joined(separator: "\n\n")
  }

  private func figures(_ survey: TensorSurvey) -> [String] {
    let found = survey.statistics
    func figure(_ value: Double?) -> String { value.map { shortest($0, digits: 6) } ?? "-" }
    let words = [
      "minimum \(figure(found.minimum))", "maximum \(figure(found.maximum))", "mean \(figure(found.mean))",
      "deviation \(figure(found.standardDeviation))", "norm \(figure(found.norm))", "zeros \(found.zeros.grouped)",
      "non-finite \(found.nonFinite.grouped)",
    ]
    let drawn = survey.histogram.map { [bars($0.counts)] } ?? []
    return wrapped(words.joined(separator: ", "), to: columns) + drawn
  }

  /// The last dimension as lines, broken where they are too long; before each block of two dimensions its place.
  private func rows(_ texts: [String], _ shape: [Int]) -> [String] {
    let width = texts.map(\.count).max() ?? 1
    let row = shape.last ?? 1
    let rowsOfBlock = shape.count > 1 ? shape[shape.count - 2] : 1
    // A line that goes on stands two characters deeper.
    let perLine = max((columns - 1) / (width + 1), 1)
    var lines: [String] = []
    for start in stride(from: 0, to: texts.count, by: row) {
      let number = start / row
      if shape.count > 2, number.isMultiple(of: rowsOfBlock) {
        lines += (lines.isEmpty ? [] : [""]) + [Self.place(of: number / rowsOfBlock, in: Array(shape.dropLast(2)))]
      }
      let end = min(start + row, texts.count)
      for first in stride(from: start, to: end, by: perLine) {
        let cells = texts[first..<min(first + perLine, end)].map {
          String(repeating: " ", count: width - $0.count) + $0
        }
        lines.append((first > start ? "  " : "") + cells.joined(separator: " "))
      }
    }
    return lines
  }

  /// `[0, 2, :, :]`
  private static func place(of number: Int, in shape: [Int]) -> String {
    var (rest, indices): (Int, [Int]) = (number, [])
    for dimension in shape.reversed() {
      indices.insert(rest % max(dimension, 1), at: 0)
      rest /= max(dimension, 1)
    }
    return "[" + (indices.map(String.init) + [":", ":"]).joined(separator: ", ") + "]"
  }
}

/// A tensor with its values, for programs.
struct TensorValuesJSON: Encodable {
  let tensor: TensorJSON
  /// In row-major order; null for one that is not finite. Null for a type that is not read.
  let values: OrNull<[Value]>

  enum Value: Encodable {
    case single(Float), double(Double), whole(Int64), natural(UInt64), truth(Bool), none

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .single(let value): try container.encode(value)
      case .double(let value): try container.encode(value)
      case .whole(let value): try container.encode(value)
      case .natural(let value): try container.encode(value)
      case .truth(let value): try container.encode(value)
      case .none: try container.encodeNil()
      }
    }

    init(_ text: String, _ type: ElementType) {
      let value: Value? =
        switch type {
        case .bool: .truth(text == "true")
        case .f64: Double(text)?.finite.map { .double($0) }
        case .f16, .bf16, .f32: Float(text).flatMap { $0.isFinite ? .single($0) : nil }
        case .u64: UInt64(text).map { .natural($0) }
        default: Int64(text).map { .whole($0) }
        }
      self = value ?? .none
    }
  }

  /// A line of more values is of no use to anybody.
  private static let mostValues = 1 << 22

  init(_ tensor: CheckpointTensor, _ survey: TensorSurvey?) throws {
    self.tensor = TensorJSON(tensor.place, layer: "", survey)
    guard let type = tensor.place.type, type.isNumeric else {
      values = OrNull(nil)
      return
    }
    guard tensor.place.count <= Self.mostValues else {
      throw CommandFailure(
        "`\(tensor.place.name)` has \(tensor.place.count) values, too many for JSON; write them with --output FILE.npy",
        .usage)
    }
    values = OrNull(type.texts(in: try tensor.file.bytes(of: tensor.place))?.map { Value($0, type) })
  }
}
