import Foundation

/// The JSON that commands print: every value is `Encodable`, and this is the one place that writes it.
///
/// Keys stand in alphabetical order, whatever order they are declared in: Foundation's encoder keeps no declared order, and
/// an order that no rearrangement of the source can change is the one that compares well. Programs find values by name.
package enum JSONText {
  package enum Layout {
    /// Over several lines, for an answer.
    case indented
    /// On one line, for answers of one line each.
    case line
  }

  /// - Throws: a failure of ours if a number is not finite; such numbers are null, by `OrNull`.
  static func encode(_ value: some Encodable, _ layout: Layout) throws(CommandFailure) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if layout == .indented { encoder.outputFormatting.insert(.prettyPrinted) }
    do {
      return escaped(String(decoding: try encoder.encode(value), as: UTF8.self))
    } catch {
      throw CommandFailure("this cannot be written as JSON: \(error)", .software)
    }
  }

  /// Foundation leaves the control characters above U+007E as they are. They stand in strings alone, and a terminal obeys
  /// them.
  private static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isControl(scalar) {
        result.append(contentsOf: "\\u00\(String(scalar.value, radix: 16))".unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool { (0x7F...0x9F).contains(scalar.value) }
}

/// A value that a program always finds, as null if there is none. (An optional property is left out instead.)
struct OrNull<Value: Encodable>: Encodable {
  let value: Value?

  init(_ value: Value?) { self.value = value }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value { try container.encode(value) } else { try container.encodeNil() }
  }
}

extension OrNull<Double> {
  /// JSON has no word for a number that is not finite.
  init(finite value: Double?) { self.init(value?.finite) }
}

extension Double {
  var finite: Double? { isFinite ? self : nil }
}
