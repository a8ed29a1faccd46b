public import DurableFiles

/// Requests lie as empty files in `requests/`, so that a daemon that is down finds them when it starts.
extension Spool {
  /// Leaves a request for the daemon, which acts on it at once or at its next start.
  public func ask(_ request: Request, of id: JobID) throws(FileError) {
    try publish("", to: requestFile(request, of: id))
  }

  public func requestFile(_ request: Request, of id: JobID) -> String { "\(requests)/\(id).\(request.rawValue)" }

  /// The requests that have not been carried out, in the order in which they were made.
  public func pendingRequests() throws(FileError) -> [PendingRequest] {
    var pending: [PendingRequest] = []
    for entry in try entries(of: requests) {
      guard let name = entry.name, let (id, request) = Self.request(named: name) else { continue }
      let path = "\(requests)/\(name)"
      guard let facts = try facts(at: path), facts.kind == .regular else { continue }
      pending.append(PendingRequest(id: id, request: request, path: path, asked: facts.modified))
    }
    return pending.sorted { ($0.asked, $0.path) < ($1.asked, $1.path) }
  }

  /// Reads the name of a file in `requests/`.
  public static func request(named name: String) -> (JobID, Request)? {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), let id = JobID(String(name[..<dot])),
      let request = Request(rawValue: String(name[name.utf8.index(after: dot)...]))
    else { return nil }
    return (id, request)
  }

  /// As long as this file is there, the daemon finishes what runs and starts nothing.
  public var drainMark: String { "\(requests)/drain" }

  public var isDraining: Bool {
    get throws(FileError) { try facts(at: drainMark)?.kind == .regular }
  }

  public func drain() throws(FileError) { try publish("", to: drainMark) }

  public func resume() throws(FileError) {
    try remove(drainMark)
    try syncDirectory(requests)
  }
}

/// A request and its file in `requests/`.
public struct PendingRequest: Sendable {
  public let id: JobID
  public let request: Request
  public let path: String
  /// Nanoseconds since 1970.
  let asked: Int64
}
