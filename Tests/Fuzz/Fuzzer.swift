import Foundation

/// libFuzzer's own loop: `LLVMFuzzerRunDriver` of compiler-rt.
@_silgen_name("LLVMFuzzerRunDriver")
private func run(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

nonisolated(unsafe) private var body: ([UInt8]) throws -> Void = { _ in }

/// Gives a reader bytes until it crashes, hangs, takes too much memory, or libFuzzer's bounds are reached. To throw is what
/// a reader is meant to do.
///
/// - Returns: the exit status.
func fuzz(_ reader: @escaping ([UInt8]) throws -> Void, arguments: [String]) -> CInt {
  body = reader
  var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
  var count = CInt(arguments.count)
  return words.withUnsafeMutableBufferPointer { words in
    guard var start = words.baseAddress else { return 64 }
    return run(&count, &start) { bytes, count in
      try? body(Array(UnsafeBufferPointer(start: bytes, count: count)))
      return 0
    }
  }
}

/// A folder for readers that are given a path.
struct Desk {
  let folder: String

  init(_ name: String) {
    folder = FileManager.default.temporaryDirectory.path + "/kiln-fuzz-\(name)-\(getpid())"
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// - Returns: the path of a file in the folder that holds the bytes.
  func lay(_ bytes: [UInt8], as name: String) throws -> String {
    let path = "\(folder)/\(name)"
    let parent = (path as NSString).deletingLastPathComponent
    if !FileManager.default.fileExists(atPath: parent) {
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }
}
