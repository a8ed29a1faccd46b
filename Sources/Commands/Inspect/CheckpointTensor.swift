import Checkpoints
import DurableFiles

/// One tensor of a checkpoint, in the model's file or in that of the training state.
struct CheckpointTensor {
  let file: SafetensorsFile
  let place: SafetensorsIndex.Tensor

  /// - Throws: a failure that lists what there is, if nothing has this name; `CheckpointError`.
  init(named name: String, in files: CheckpointFiles) throws {
    var names: [String] = []
    for path in [files.model, files.training].compactMap({ $0 }) {
      let file = try SafetensorsFile(path)
      if let place = file.index[name] {
        (self.file, self.place) = (file, place)
        return
      }
      names += file.index.tensors.map(\.name)
    }
    let shown = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
    throw CommandFailure("\(files.model) has no tensor `\(name)`; it has \(shown.isEmpty ? "none" : shown)", .noInput)
  }

  /// The type, if its elements are read as numbers.
  func numericType(to purpose: String) throws(CommandFailure) -> ElementType {
    guard let type = place.type, type.isNumeric else {
      throw CommandFailure(
        "`\(place.name)` has elements of type \(place.typeName), which Kiln does not \(purpose)", .badData)
    }
    return type
  }
}
