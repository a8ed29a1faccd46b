public import DurableFiles
public import Training

/// Why a network cannot be written for other programs, or taken from one of them.
public enum InterchangeError: Error {
  case training(TrainingError)
  case file(FileError)
  /// A layer that the format has no word for.
  case layer(index: Int, keyword: String, format: String)
  /// A file would be larger than its format allows.
  case tooLarge(format: String, bytes: Int, limit: Int)
  /// The file of an export must end so.
  case ending(path: String, format: String, ending: String)
  /// A file that something else wrote stands in the place of an export.
  case foreignFile(path: String, noun: String)
  /// There is no folder for the file.
  case noFolder(path: String, folder: String)
  /// Something stands where an imported checkpoint is to be.
  case occupied(path: String)
  /// A file cannot be read as weights.
  case unreadable(path: String, problem: String, cure: String)
  /// The weights of a file are not those of the network.
  case mismatch(path: String, problem: String, cure: String)
}

extension InterchangeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .training(let error): "\(error)"
    case .file(let error): "\(error)"
    case .layer(let index, let keyword, let format):
      "layer \(index) (\(keyword)) has no equivalent in the format \(format); please report this"
    case .tooLarge(let format, let bytes, let limit):
      "the format \(format) holds at most \(limit) bytes, and the network takes \(bytes); export it as torch, whose weights are "
        + "a safetensors file"
    case .ending(let path, let format, let ending):
      "\(path): a file of the format \(format) ends in \(ending); name it so"
    case .foreignFile(let path, let noun): "\(path) is no \(noun), and is not overwritten; name another file"
    case .noFolder(let path, let folder): "\(path): there is no folder \(folder); make it, or name another file"
    case .occupied(let path): "\(path) exists, and is not overwritten; name a folder that does not exist yet"
    case .unreadable(let path, let problem, let cure): "\(path): \(problem); \(cure)"
    case .mismatch(let path, let problem, let cure): "\(path): \(problem); \(cure)"
    }
  }
}
