import RunFiles

private let desk = Desk("metrics")

/// metrics.jsonl of a run, read to be shown and to be gone on with.
@Sendable func readMetrics(_ bytes: [UInt8]) throws {
  let path = try desk.lay(bytes, as: "metrics.jsonl")
  for row in try MetricsLog.read(path).rows { _ = row.json }
  _ = try MetricsLog(path)
  _ = try MetricsLog(path, resumingAfter: ResumePoint(step: 5, epochs: 1))
}
