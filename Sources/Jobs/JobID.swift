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
    let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count >= 6, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let sequence = Int(parts[0]), Self.slug(of: String(parts[1])) == parts[1]
    else { return nil }
    self.sequence = sequence
    slug = String(parts[1])
    guard description == text else { return nil }
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
