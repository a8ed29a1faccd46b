import Glibc

/// What the control groups of a process grant it, read from the files that the kernel shows of them.
///
/// A process has a group in each hierarchy of groups. Version 2 has one hierarchy for everything, version 1 one for each
/// kind of limit, and a machine may have both. A group's limit also holds for the groups within it, so that every
/// folder on the way up to the root counts, and the least limit decides. See `Documentation/admin-guide/cgroup-v2.rst`
/// of the Linux kernel, and `scheduler/sched-bwc.rst` and `cgroup-v1/memory.rst` for version 1.
package struct ControlGroups: Sendable {
  /// The whole processors that the quotas give the time of; nil if there is no quota.
  package var processors: Int?
  /// In bytes; nil if there is no limit.
  package var memory: Int?

  /// Those of this process, as they were at its start.
  static let own = ControlGroups(
    membership: text(at: "/proc/self/cgroup"), below: "/sys/fs/cgroup", read: { text(at: $0) })

  /// - Parameters:
  ///   - membership: the text of `/proc/self/cgroup`. Nil if it cannot be read; then the groups are taken to be the
  ///     roots, which is right in a container, where the container's own group is the root that can be seen.
  ///   - mount: the folder that the hierarchies are mounted in.
  ///   - read: gives the text of a file, or nil if there is none.
  package init(membership: String?, below mount: String, read: (String) -> String?) {
    let places = Self.places(membership ?? "0::/\n1:cpu:/\n2:memory:/")
    var shares: [Double] = []
    var limits: [Int] = []
    for place in places {
      for folder in place.mounts.flatMap({ mount in place.groups.map { mount + $0 } }).map({ mount + $0 }) {
        if let text = read("\(folder)/cpu.max") { shares += Self.share(ofCPUMax: text).map { [$0] } ?? [] }
        if let quota = read("\(folder)/cpu.cfs_quota_us"), let period = read("\(folder)/cpu.cfs_period_us") {
          shares += Self.share(ofCPUMax: "\(quota) \(period)").map { [$0] } ?? []
        }
        for name in ["memory.max", "memory.limit_in_bytes"] {
          if let limit = read("\(folder)/\(name)").flatMap(Self.words)?.first.flatMap({ Int($0) }) {
            limits.append(limit)
          }
        }
      }
    }
    processors = shares.min().map { max(1, Int(min($0, 1e6).rounded(.up))) }
    memory = limits.min()
  }

  /// The processors of a line of `cpu.max`, which is `QUOTA PERIOD` in microseconds, or `max PERIOD` for no limit. The
  /// same two numbers stand in two files of version 1, where a quota of -1 is no limit.
  ///
  /// - Returns: nil if there is no limit, or if the text says nothing that makes sense.
  package static func share(ofCPUMax text: String) -> Double? {
    let words = words(text) ?? []
    guard let quota = words.first.flatMap({ Int($0) }), quota > 0 else { return nil }
    let period = words.count > 1 ? Int(words[1]) ?? 0 : 100_000
    return period > 0 ? Double(quota) / Double(period) : nil
  }

  private static func words(_ text: String) -> [Substring]? {
    text.split { $0.isWhitespace }
  }

  /// Where the limits of a process are to be looked for.
  private struct Place {
    /// Below the folder of all hierarchies, where this one may be mounted.
    var mounts: [String]
    /// The group's path in the hierarchy, and those of the groups that hold it.
    var groups: [String]
  }

  /// A line of the membership is `NUMBER:CONTROLLERS:PATH`; that of version 2 is `0::PATH`.
  private static func places(_ membership: String) -> [Place] {
    membership.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return nil }
      let controllers = parts[1].split(separator: ",").map(String.init)
      let groups = groups(above: String(parts[2]))
      if controllers.isEmpty { return Place(mounts: ["", "/unified"], groups: groups) }
      let matter = controllers.filter { $0 == "cpu" || $0 == "memory" }
      return matter.isEmpty ? nil : Place(mounts: ["/\(parts[1])"] + matter.map { "/\($0)" }, groups: groups)
    }
  }

  /// `/a/b` has the folders `/a/b`, `/a` and the root. A path that leaves what can be seen here (`/../x`, of a process
  /// that was moved out of its container) says nothing.
  private static func groups(above path: String) -> [String] {
    let names = path.split(separator: "/")
    if names.contains("..") { return [""] }
    return (0...names.count).reversed().map { count in names.prefix(count).map { "/\($0)" }.joined() }
  }

  /// The beginning of a small file that the kernel writes; nil if it cannot be read, which says that there is no limit.
  private static func text(at path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var count = 0
    while count < bytes.count {
      let more = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress.map { $0 + count }, $0.count - count) }
      if more < 0 && errno == EINTR { continue }
      guard more > 0 else { break }
      count += more
    }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
