import Datasets
import DurableFiles
import RunFiles

/// skipped.tsv: the images that a run could not use, each once, in the order of the bytes of their names.
///
/// An image is told by its part of the data and its place there: a validation folder of its own may have the same names as
/// the training folder.
struct SkippedList {
  /// The list is written as a whole; many thousand bad images must not take as many times as long.
  private static let interval = Duration.seconds(1)

  private struct Key: Hashable {
    let part: Part
    let index: Int
  }

  private let path: String
  private var images: [Key: SkippedImage] = [:]
  private var isWritten = true
  private var lastWritten: ContinuousClock.Instant?

  init(in directory: String) {
    path = RunFolder(directory)[.skipped]
  }

  /// Enters an image, and writes the list if it was not written just now.
  mutating func append(_ image: SkippedImage, of part: Part) throws(FileError) {
    guard images.updateValue(image, forKey: Key(part: part, index: image.index)) == nil else { return }
    isWritten = false
    if lastWritten.map({ .now - $0 >= Self.interval }) ?? true { try write() }
  }

  /// Writes what was not written yet.
  mutating func flush() throws(FileError) {
    if !isWritten { try write() }
  }

  private mutating func write() throws(FileError) {
    let parts = Part.allCases
    let lines = images.sorted { first, second in
      let (name, other) = (first.value.name.utf8, second.value.name.utf8)
      guard name.elementsEqual(other) else { return name.lexicographicallyPrecedes(other) }
      return (parts.firstIndex(of: first.key.part) ?? 0) < (parts.firstIndex(of: second.key.part) ?? 0)
    }.map { key, image in "\(oneCell(image.name))\t\(oneCell(image.reason))\t\(key.part.rawValue)\n" }
    try publish("path\treason\tpart\n" + lines.joined(), to: path, .atomic)
    isWritten = true
    lastWritten = .now
  }
}

/// A text as it stands in skipped.tsv: tabs and newlines cannot be in a cell.
package func oneCell(_ text: String) -> String {
  String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
}
