import RunFiles

/// The permanent name of a job: a number that grows with every job, and a readable slug: `000042-solar-cells`.
public struct JobID: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let sequence: Int
  public let slug: String

  /// - Parameter name: the job's own name; what does not fit into a file name becomes hyphens.
  public init(sequence: Int, name: String) {
    self.sequence = sequence
    slug = Slug.of(name)
  }

  /// Reads what `description` wrote; nil for anything else, so that a stray file is not taken for a job.
  public init?(_ text: String) {
    self.init(bytes: Array(text.utf8)[...])
  }

  /// The same from the bytes of a name.
  init?(bytes: ArraySlice<UInt8>) {
    let digits = bytes.prefix { (0x30...0x39).contains($0) }
    let slug = bytes.dropFirst(digits.count + 1)
    // A number of more than six digits has no leading zeros, so that a job has only one name.
    guard digits.count == 6 || (digits.count > 6 && digits.first != UInt8(ascii: "0")),
      bytes.dropFirst(digits.count).first == UInt8(ascii: "-"), Slug.isSlug(slug),
      let sequence = Int(String(decoding: digits, as: UTF8.self))
    else { return nil }
    self.sequence = sequence
    self.slug = String(decoding: slug, as: UTF8.self)
  }

  public var description: String {
    let digits = String(sequence)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "-" + slug
  }

  public static func < (a: JobID, b: JobID) -> Bool {
    (a.sequence, a.slug) < (b.sequence, b.slug)
  }
}
