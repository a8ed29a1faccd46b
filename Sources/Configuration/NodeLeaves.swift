extension Node {
  /// The settings of a document by path: `training.optimizer.sgd.momentum` is `0.9`. A list counts as one value, and so
  /// does a bare keyword.
  public var leaves: [(path: String, value: String)] { leaves(at: "") }

  private func leaves(at path: String) -> [(path: String, value: String)] {
    guard case .mapping(let members) = content, !members.isEmpty else { return [(path, written)] }
    return members.flatMap { $0.value.leaves(at: path.isEmpty ? $0.key : "\(path).\($0.key)") }
  }

  /// The value on one line, in YAML's flow style.
  private var written: String {
    switch content {
    case .scalar(let text, _): text
    case .list(let nodes): "[" + nodes.map(\.written).joined(separator: ", ") + "]"
    case .mapping(let members): "{" + members.map { "\($0.key): \($0.value.written)" }.joined(separator: ", ") + "}"
    }
  }
}
