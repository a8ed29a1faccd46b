import FoundationEssentials

/// Where the home is unless `--home` says it: `$KILN_HOME`, else `$XDG_STATE_HOME/kiln`, else `~/.local/state/kiln`.
public func defaultHome(environment: [String: String]) -> String {
  if let home = environment["KILN_HOME"], !home.isEmpty { return home }
  if let state = environment["XDG_STATE_HOME"], !state.isEmpty { return "\(state)/kiln" }
  return "\(environment["HOME"] ?? "/var/lib")/.local/state/kiln"
}

/// `path` from the root, without a slash at its end. Children and other programs may be somewhere else.
public func absolutePath(_ path: String) -> String {
  var path = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
  while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
  return path
}
