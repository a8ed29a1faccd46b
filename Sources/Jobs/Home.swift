import FoundationEssentials

/// Where the home is unless `--home` says it: `$KILN_HOME`, else `$XDG_STATE_HOME/kiln`, else `~/.local/state/kiln`.
public func defaultHome(environment: [String: String]) -> String {
  if let home = environment["KILN_HOME"], !home.isEmpty { return home }
  if let state = environment["XDG_STATE_HOME"], !state.isEmpty { return "\(state)/kiln" }
  return "\(environment["HOME"] ?? "/var/lib")/.local/state/kiln"
}

/// `path` as an absolute path, without a slash at its end. Children and other programs may have another working
/// directory.
public func absolutePath(_ path: String) -> String {
  // By bytes: Swift takes a slash and a combining mark behind it for one Character, the kernel sees a slash.
  let isAbsolute = path.utf8.first == UInt8(ascii: "/")
  let bytes = Array((isAbsolute ? path : "\(FileManager.default.currentDirectoryPath)/\(path)").utf8)
  let end = bytes.lastIndex { $0 != UInt8(ascii: "/") } ?? 0
  return String(decoding: bytes[...end], as: UTF8.self)
}
