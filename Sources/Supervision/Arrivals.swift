public import DurableFiles

/// The files in `incoming/` and whether they are finished. A value: the caller looks at files and clocks.
///
/// A file that somebody has open for writing (`Writers`) is waited for, however long that takes. A file whose writer
/// was seen to close it is ready at once. A file that was merely found (by a scan, as a hard link, or empty so far) is
/// ready when it has stayed the same for the quiet period. No file is refused before it has been quiet for that long:
/// half a manifest, written in two goes, gets the time to become whole.
public struct Arrivals: Sendable {
  struct Sighting: Sendable {
    var facts: FileFacts
    /// When the file was first seen as it is now.
    var since: Double
    var isFinished: Bool
    /// The file is being validated: it is not offered again until it is put back.
    var isTaken = false
    /// The file cannot be moved out of the way: it is offered again only when it has changed.
    var isStuck = false
    /// The file's place in the order of arrival.
    var order: Int
    /// When the file was first seen, on the caller's clock, in seconds.
    let came: Double
    /// Whether the log has said that the file's writer is waited for.
    var isTold = false
  }

  private var sightings: [ByteText: Sighting] = [:]
  /// Who has files open for writing.
  package var writers = Writers()
  private var nextOrder = 0
  private let quiet: Double

  public init(quiet: Double) {
    self.quiet = quiet
  }

  /// Notes how a file looks now.
  ///
  /// - Parameter finished: its writer has just closed it or moved it here.
  public mutating func saw(_ name: ByteText, _ facts: FileFacts, finished: Bool, now: Double) {
    let isFinished = finished && facts.size > 0
    if var known = sightings[name] {
      if known.facts != facts {
        known.since = now
        if known.isStuck { (known.isStuck, known.isTaken) = (false, false) }
      }
      known.isFinished = isFinished || (known.isFinished && known.facts == facts)
      known.facts = facts
      sightings[name] = known
    } else {
      sightings[name] = Sighting(facts: facts, since: now, isFinished: isFinished, order: nextOrder, came: now)
      nextOrder += 1
    }
  }

  /// The file was taken, or is no longer there.
  public mutating func forget(_ name: ByteText) {
    sightings[name] = nil
  }

  /// The file is being judged, and is not ready again until it is put back.
  public mutating func take(_ name: ByteText) {
    sightings[name]?.isTaken = true
  }

  /// The file stays where it is and is not offered again until it changes.
  public mutating func leave(_ name: ByteText) {
    sightings[name]?.isTaken = true
    sightings[name]?.isStuck = true
  }

  /// Offers the file again when it has been quiet: it could not be validated yet, or it is no valid job and may be half
  /// of one.
  public mutating func putBack(_ name: ByteText) {
    sightings[name]?.isTaken = false
    sightings[name]?.isFinished = false
  }

  /// The quiet period begins again: somebody has the file open for writing.
  public mutating func postpone(_ name: ByteText, now: Double) {
    sightings[name]?.isFinished = false
    sightings[name]?.since = now
  }

  public func facts(of name: ByteText) -> FileFacts? { sightings[name]?.facts }

  /// The place of a file in the order of arrival.
  public func order(of name: ByteText) -> Int { sightings[name]?.order ?? .max }

  /// Whether the file has stayed the same for the quiet period, so that it may be refused.
  public func isQuiet(_ name: ByteText, now: Double) -> Bool {
    sightings[name].map { now - $0.since >= quiet } ?? false
  }

  /// The names that can be read now, in the order of arrival.
  public func ready(now: Double) -> [ByteText] {
    sightings.filter { isWaitedFor($0.key, $0.value) && ($0.value.isFinished || now - $0.value.since >= quiet) }
      .sorted { $0.value.order < $1.value.order }.map(\.key)
  }

  /// Whether only time has to pass until the file is ready.
  private func isWaitedFor(_ name: ByteText, _ sighting: Sighting) -> Bool {
    !sighting.isTaken && !writers.have(name)
  }

  /// The files that arrived so many seconds ago or earlier and that somebody has open for writing. Each is returned
  /// once.
  mutating func takeLongWritten(after seconds: Double, now: Double) -> [ByteText] {
    let found = sightings.filter { !$0.value.isTold && writers.have($0.key) && now - $0.value.came >= seconds }
    for name in found.keys { sightings[name]?.isTold = true }
    return found.keys.sorted()
  }

  /// When the next file will be ready, if nothing happens to it until then; nil if none is waited for.
  public var nextReady: Double? {
    sightings.filter { isWaitedFor($0.key, $0.value) }.map {
      $0.value.isFinished ? $0.value.since : $0.value.since + quiet
    }
    .min()
  }
}
