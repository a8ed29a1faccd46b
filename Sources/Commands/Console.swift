package import DurableFiles
import Foundation

/// Where a command speaks, and what it knows of whoever listens. Every word of every command passes here, so that tests
/// can listen, and so that no name from outside steers the terminal.
package final class Console {
  package enum Stream: Sendable { case output, errors }

  /// Somebody looks at the output, rather than a file or another program.
  let isTerminal: Bool
  let environment: [String: String]
  /// How many characters a line has: those of the terminal; elsewhere what COLUMNS says, or 80.
  let columns: Int
  private let write: (Stream, String) throws(FileError) -> Void
  /// The first failure of the output: what was to be told is not where it should be.
  private var failure: FileError?

  /// - Parameters:
  ///   - columns: nil for what the environment says.
  ///   - write: takes text as it is to be written, with its newlines.
  package init(
    isTerminal: Bool = false, environment: [String: String] = [:], columns: Int? = nil,
    write: @escaping (Stream, String) throws(FileError) -> Void
  ) {
    self.isTerminal = isTerminal
    self.environment = environment
    self.columns = max(columns ?? environment["COLUMNS"].flatMap(Int.init) ?? 80, 40)
    self.write = write
  }

  /// The process's own standard output and error.
  static var process: Console {
    Console(
      isTerminal: isatty(STDOUT_FILENO) != 0, environment: ProcessInfo.processInfo.environment, columns: windowColumns
    ) { (stream, text) throws(FileError) in
      try DurableFiles.write(text, to: stream == .output ? .output : .error)
    }
  }

  /// Of the terminal that the standard output is; nil if it is none, or does not say.
  private static var windowColumns: Int? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Colour helps a person at a terminal who has not asked to be spared it: https://no-color.org.
  package var hasColour: Bool { isTerminal && (environment["NO_COLOR"] ?? "").isEmpty }

  /// Lines for a person; control characters other than newlines become question marks.
  package func print(_ lines: String) { emit(printable(lines: lines) + "\n") }

  /// Lines of our own making that hold escape sequences; names in them must have been made printable.
  package func print(painted lines: String) { emit(lines + "\n") }

  /// A value for a program, over several lines or on one.
  package func print(json value: some Encodable, _ layout: JSONText.Layout = .indented) throws(CommandFailure) {
    emit(try JSONText.encode(value, layout) + "\n")
  }

  /// What the command was asked for: as JSON for a program, or else the text for a person.
  func answer(
    _ value: @autoclosure () throws -> some Encodable, asJSON: Bool, text: @autoclosure () throws -> String
  ) throws {
    if asJSON { try print(json: try value()) } else { print(try text()) }
  }

  /// Lines for a person that are not what was asked for: a reason, a warning. They go to standard error.
  package func complain(_ lines: String) {
    // Nobody is left to be told that this cannot be told.
    try? write(.errors, printable(lines: lines) + "\n")
  }

  /// One line of a terminal that is written over again and again; nothing elsewhere.
  package func show(live line: String) {
    if isTerminal { emit("\r\u{1B}[2K\(printable(line))") }
  }

  /// That nobody listens any more, or that the log has no space, is no failure of what the command is for.
  package func forgetFailure() { failure = nil }

  /// - Throws: the first failure of the output: a table or a figure that was not written was not told.
  package func finish() throws(FileError) {
    if let failure { throw failure }
  }

  private func emit(_ text: String) {
    do throws(FileError) { try write(.output, text) } catch { if failure == nil { failure = error } }
  }
}
