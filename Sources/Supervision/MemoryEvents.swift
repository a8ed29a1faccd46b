import DurableFiles

/// How many processes of the daemon's control group the kernel has killed for want of memory.
enum MemoryEvents {
  /// Nil where there is no version 2 control group, or it does not account for memory.
  static func kills() -> Int? {
    guard let group = text(of: "/proc/self/cgroup")?.split(separator: "\n").first(where: { $0.hasPrefix("0::") }),
      let events = text(of: "/sys/fs/cgroup\(group.dropFirst(3))/memory.events")
    else { return nil }
    let line = events.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
    return line.flatMap { Int($0.dropFirst("oom_kill ".count)) }
  }

  private static func text(of path: String) -> String? {
    (try? readFile(path, limit: 64 << 10)).map { String(decoding: $0, as: UTF8.self) }
  }
}
