import DurableFiles

/// data.tsv, read back.
extension DataAccount {
  /// An image of a table that a run has left, in the words of the table.
  public struct Record: Sendable, Equatable {
    public let path: String
    public let label: String
    public let part: String
    public let weight: String
    /// How it was read: "PNG 300 x 300".
    public let read: String
    /// A checksum of its pixels; nil if it was not decoded, or by a Kiln that did not write it down.
    public let pixels: String?

    /// What the run's result depends on.
    public func isSame(as other: Record) -> Bool {
      ByteText(label) == ByteText(other.label) && ByteText(part) == ByteText(other.part)
        && ByteText(weight) == ByteText(other.weight)
    }
  }

  /// The images of a table as `table` makes it, without what was passed over.
  /// - Parameter file: printed in errors.
  /// - Throws: `.table` if it is none.
  public static func records(of table: [UInt8], file: String) throws(DatasetError) -> [Record] {
    let source = SourceText(file: file, bytes: table)
    var reader = SeparatedValues(source)
    let header = try reader.next()
    guard let header, header.count == 5 || header.count == 6 && header[5].text == pixelsColumn,
      header[0].text == "path", header[4].text == readColumn
    else {
      throw source.error(at: source.start, "it is not a table that a run leaves", cure: "put a copy of it back")
    }
    var records: [Record] = []
    while let fields = try reader.next() {
      guard fields.count == header.count else {
        throw source.error(
          at: fields.first?.offset ?? 0, "\(fields.count) fields instead of \(header.count)",
          cure: "put a copy of the file back")
      }
      guard fields[2].text != noPart else { continue }
      records.append(
        Record(
          path: fields[0].text, label: fields[1].text, part: fields[2].text, weight: fields[3].text,
          read: fields[4].text, pixels: fields.count == 6 && !fields[5].text.isEmpty ? fields[5].text : nil))
    }
    return records
  }
}
