/// Names a job for good: a number that grows with every job and a readable rest, `000042-solar-cells`.
public struct JobID: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let sequence: Int
  public let slug: String

  /// - Parameter name: the job's own name; what does not fit into a file name becomes hyphens.
  public init(sequence: Int, name: String) {
    self.sequence = sequence
    slug = Self.slug(of: name)
  }

  /// Reads what `description` wrote; nil for anything else, so that a stray file is not taken for a job.
  public init?(_ text: String) {
    self.init(bytes: Array(text.utf8)[...])
  }

  /// The same from the bytes of a name.
  init?(bytes: ArraySlice<UInt8>) {
    let digits = bytes.prefix { (0x30...0x39).contains($0) }
    let slug = bytes.dropFirst(digits.count + 1)
    // More than six digits have no leading zeros: a job has one name.
    guard digits.count == 6 || (digits.count > 6 && digits.first != UInt8(ascii: "0")),
      bytes.dropFirst(digits.count).first == UInt8(ascii: "-"), Self.isSlug(slug),
      let sequence = Int(String(decoding: digits, as: UTF8.self))
    else { return nil }
    self.sequence = sequence
    self.slug = String(decoding: slug, as: UTF8.self)
  }

  /// Lower-case letters, digits and single hyphens inside.
  private static func isSlug(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard !bytes.isEmpty, bytes.count <= longestSlug else { return false }
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

  public var description: String {
    let digits = String(sequence)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "-" + slug
  }

  public static func < (a: JobID, b: JobID) -> Bool {
    (a.sequence, a.slug) < (b.sequence, b.slug)
  }

  private static let longestSlug = 60

  private static func slug(of name: String) -> String {
    var slug = ""
    for character in name.lowercased() where slug.utf8.count < longestSlug {
      if character.isASCII && (character.isLetter || character.isNumber) {
        slug.append(character)
      } else if !slug.isEmpty && slug.last != "-" {
        slug.append("-")
      }
    }
    while slug.last == "-" { slug.removeLast() }
    return slug.isEmpty ? "job" : slug
  }
}
