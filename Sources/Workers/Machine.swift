import Glibc

/// The machine that this process runs on, in words for people: where a result came from.
public struct Machine: Sendable, Equatable {
  /// What the machine calls itself.
  public let host: String
  /// The processor's own name.
  public let processor: String

  /// - Parameter description: of the processors, as /proc/cpuinfo has it.
  public init(host: String, description: String) {
    self.host = host
    let lines = description.split(separator: "\n")
    let fields = lines.lazy.compactMap { line -> (name: Substring, value: Substring)? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return (line[..<colon], line[line.index(after: colon)...])
    }
    // x86-64 has a name; what AArch64 has says less.
    let named =
      fields.first { $0.name.hasPrefix("model name") } ?? fields.first { $0.name.hasPrefix("CPU implementer") }
    let words = named.map { $0.value.split(separator: " ").joined(separator: " ") } ?? ""
    processor = words.isEmpty ? "a processor without a name" : words
  }

  public static let own: Machine = {
    var name = utsname()
    let host = uname(&name) == 0 ? text(of: &name.nodename) : "a machine without a name"
    return Machine(host: host, description: description)
  }()

  /// As much of /proc/cpuinfo as tells of the first processor; empty where there is none.
  private static var description: String {
    let number = open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return "" }
    defer { close(number) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(number, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
  }

  private static func text<Characters>(of characters: inout Characters) -> String {
    withUnsafeBytes(of: &characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
