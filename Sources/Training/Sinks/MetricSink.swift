public import RunFiles

/// Something that is made of a run's rows while they come, as a drawing or the event file of another program.
///
/// metrics.jsonl is the truth, and is written first. What a sink leaves can be made again of it; no row is in a sink that is
/// not in metrics.jsonl. A sink is one file of this folder and one line of `metricSinks`.
public protocol MetricSink: SendableMetatype {
  /// - Parameters:
  ///   - directory: the run's folder.
  ///   - title: what the run is called.
  init(in directory: String, title: String)

  /// Begins, or goes on with a run that stands at `place`: what was made of rows beyond it is to be taken back.
  ///
  /// Comes also in the middle of a run, when it goes back because it had diverged.
  /// - Parameter earlier: the rows up to `place`, for a sink that needs them again.
  mutating func resume(at place: ResumePoint, after earlier: MetricsLog.Rows) throws(MetricsError)

  /// The next row.
  mutating func append(_ row: MetricRow) throws(MetricsError)

  /// A checkpoint is about to be written: a run that goes on from it will not see the rows of before again.
  mutating func synchronize() throws(MetricsError)

  /// No row will come any more in this attempt.
  mutating func end() throws(MetricsError)
}

/// All that is made of a run's rows.
let metricSinks: [any MetricSink.Type] = [
  LossCurveSink.self
]
