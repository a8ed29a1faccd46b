/// A stream that a process is born with and may speak to. The raw value is its descriptor.
public enum StandardStream: Int32, Sendable {
  case output = 1
  case error = 2

  fileprivate var name: String {
    switch self {
    case .output: "the standard output"
    case .error: "the standard error"
    }
  }
}

/// Writes all of `text` at once, without a buffer that could hold something back when the process ends.
public func write(_ text: String, to stream: StandardStream) throws(FileError) {
  try writeAll(Array(text.utf8)[...], to: stream.rawValue, stream.name)
}
