/// What a user called something, as the name of a file: lower-case letters and digits, with single hyphens for all else. No
/// name leads out of the folder that it is put into, whatever it holds.
public enum Slug {
  private static let longest = 60

  /// `Solar Cells` becomes `solar-cells`; a name of which nothing is left becomes `job`.
  public static func of(_ name: String) -> String {
    var slug = ""
    for character in name.lowercased() where slug.utf8.count < longest {
      if character.isASCII && (character.isLetter || character.isNumber) {
        slug.append(character)
      } else if !slug.isEmpty && slug.last != "-" {
        slug.append("-")
      }
    }
    while slug.last == "-" { slug.removeLast() }
    return slug.isEmpty ? "job" : slug
  }

  /// Whether `of` could have made these bytes.
  public static func isSlug(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard !bytes.isEmpty, bytes.count <= longest else { return false }
    var previous = UInt8(ascii: "-")
    for byte in bytes {
      switch byte {
      case 0x30...0x39, 0x61...0x7A: break
      case UInt8(ascii: "-") where previous != byte: break
      default: return false
      }
      previous = byte
    }
    return previous != UInt8(ascii: "-")
  }
}
