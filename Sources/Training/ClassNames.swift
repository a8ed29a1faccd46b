import Networks
import RunFiles

/// What the classes of a network are called, by index: they travel with its checkpoints.
///
/// A checkpoint's metadata list them under `classes`, one a line, which is for people: a name may have several lines. The
/// list under `kiln.classes` is JSON.
struct ClassNames: Equatable {
  static let key = "kiln.classes"

  let names: [String]

  init(_ names: [String]) {
    self.names = names
  }

  /// Nil never: texts are always JSON.
  var encoded: String? { WireJSON.line(names) }

  /// The names in a checkpoint's metadata.
  /// - Parameters:
  ///   - outputs: of the network. A list that does not fit it is of classes whose names have several lines.
  /// - Returns: nil if the checkpoint does not say.
  init?(in metadata: [String: String], outputs: Int, judgedBy loss: any Loss) {
    guard
      let names = Self.list(metadata[Self.key])
        ?? metadata["classes"]?.split(
          separator: "\n", omittingEmptySubsequences: false
        ).map(String.init), names.count == Self.count(outputs: outputs, loss)
    else { return nil }
    self.names = names
  }

  /// How many classes a network tells apart.
  static func count(outputs: Int, _ loss: any Loss) -> Int {
    loss.probabilities(outputs: [Double](repeating: 0, count: outputs)).count
  }

  private static func list(_ text: String?) -> [String]? {
    text.flatMap { WireJSON.read($0.utf8, as: [String].self) }
  }
}
