import Charts
import DurableFiles
public import RunFiles

/// loss.svg: the course of the run as a drawing, renewed when an epoch has ended and the last time is some seconds ago.
public struct LossCurveSink: MetricSink {
  /// Drawing takes some hundredths of a second; a run of a hundred thousand short epochs must not consist of it.
  package var interval = Duration.seconds(5)

  private let path: String
  private let title: String
  private var curve = ThinnedCurve()
  private var hasNewEpoch = false
  private var lastDrawn: ContinuousClock.Instant?

  public init(in directory: String, title: String) {
    path = RunFolder(directory)[.lossCurve]
    self.title = title
  }

  public mutating func resume(at place: ResumePoint, after earlier: MetricsLog.Rows) throws(MetricsError) {
    var curve = ThinnedCurve()
    try earlier.forEach { curve.append($0) }
    self.curve = curve
  }

  public mutating func append(_ row: MetricRow) throws(MetricsError) {
    curve.append(row)
    guard case .epoch = row else { return }
    hasNewEpoch = true
    if lastDrawn.map({ .now - $0 >= interval }) ?? true { try draw() }
  }

  public mutating func synchronize() throws(MetricsError) {}

  public mutating func end() throws(MetricsError) {
    if hasNewEpoch { try draw() }
  }

  private mutating func draw() throws(MetricsError) {
    do { try publish(LossCurve(curve.rows, title: title).svg(), to: path, .atomic) } catch { throw .file(error) }
    hasNewEpoch = false
    lastDrawn = .now
  }
}
