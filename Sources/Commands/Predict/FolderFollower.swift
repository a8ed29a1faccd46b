import DurableFiles
import Images
import Supervision

/// Takes the images of a folder, each once and when it is whole, as the daemon takes jobs: those that are there, and every
/// one that appears, until a signal comes.
///
/// An image whose writer closes it is whole at once. One that was only found there, or whose writer nobody saw, is whole
/// when it has not changed for a while. A file that is written anew is another image.
final class FolderFollower {
  /// For so many seconds an image has to stay as it is: as long as a job file has to before the daemon takes it.
  private static let quiet = 2.0
  /// Seconds between looks at the whole folder: inotify does not tell what other machines write.
  private static let scanInterval = 10.0
  /// Images that are taken before signals are looked at again.
  private static let most = 64

  private let folder: String
  private let watcher: Watcher
  private var arrivals = Arrivals(quiet: quiet)
  /// What has been taken, as it was then.
  private var taken: [ByteText: FileFacts] = [:]
  private var passedOver: Set<ByteText> = []
  private var nextScan = 0.0
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  /// - Parameter onlyNew: the images that are there already are not taken.
  init(_ folder: String, onlyNew: Bool) throws {
    guard try facts(at: "\(folder)/.")?.kind == .directory else {
      throw CommandFailure("\(folder): there is no such folder to follow", .noInput)
    }
    self.folder = ByteText(folder).hasSuffix("/") ? String(folder.dropLast()) : folder
    start = clock.now
    watcher = try Watcher([], closely: [folder])
    guard onlyNew else { return }
    for (name, facts) in try images() { taken[name] = facts }
  }

  /// - Parameters:
  ///   - warn: about a file that is no image by its name.
  ///   - answer: takes images that seem to be whole, with a question for each: whether it surely is. Returns those that are
  ///     not, by their places: they are offered again.
  /// - Throws: what `answer` throws; also if the folder is gone.
  func run(
    until stop: Signals, warn: (String) -> Void, answer: ([String], (Int) -> Bool) throws -> Set<Int>
  ) throws {
    while stop.next() == nil {
      if now >= nextScan { try scan(warn) }
      let ready = arrivals.ready(now: now).prefix(Self.most)
      if !ready.isEmpty { try take(Array(ready), answer) }
      let rest = min(nextScan, arrivals.nextReady ?? .infinity) - now
      _ = waitForAny(of: [stop.descriptor, watcher.descriptor], timeout: max(rest, 0))
      try heed(watcher.notices(), warn)
    }
  }

  private var now: Double { (clock.now - start) / .seconds(1) }

  private func take(_ names: [ByteText], _ answer: ([String], (Int) -> Bool) throws -> Set<Int>) throws {
    let halves = try answer(names.map { "\(folder)/\($0)" }) { arrivals.isQuiet(names[$0], now: now) }
    for (index, name) in names.enumerated() {
      if halves.contains(index) {
        arrivals.putBack(name)
      } else {
        taken[name] = arrivals.facts(of: name)
        arrivals.forget(name)
      }
    }
  }

  private func heed(_ notices: [Watcher.Notice], _ warn: (String) -> Void) throws {
    for case .happened(let happening, _, let name) in notices {
      arrivals.writers.saw(happening, of: name)
      switch happening {
      case .closedByWriter, .movedHere: try notice(name, finished: !arrivals.writers.mayHave(name), warn)
      case .appeared, .modified: try notice(name, finished: false, warn)
      case .removed, .movedAway:
        arrivals.forget(name)
        taken[name] = nil
      case .opened, .closedByReader: continue
      }
    }
    if notices.contains(.unclear) {
      arrivals.writers.forgetAll()
      try scan(warn)
    }
  }

  private func notice(_ name: ByteText, finished: Bool, _ warn: (String) -> Void) throws {
    guard isImage(name, warn), let facts = try facts(at: "\(folder)/\(name)"), Self.isFile(facts) else { return }
    if taken[name] != facts { arrivals.saw(name, facts, finished: finished, now: now) }
  }

  private func scan(_ warn: (String) -> Void) throws {
    nextScan = now + Self.scanInterval
    let found = try images(warn)
    // What has gone meanwhile must not be remembered for ever.
    let names = Set(found.map(\.name))
    taken = taken.filter { names.contains($0.key) }
    for file in found where taken[file.name] != file.facts {
      arrivals.saw(file.name, file.facts, finished: false, now: now)
    }
  }

  /// The oldest first.
  private func images(_ warn: (String) -> Void = { _ in }) throws -> [(name: ByteText, facts: FileFacts)] {
    var found: [(name: ByteText, facts: FileFacts)] = []
    for entry in try entries(of: folder) {
      guard let name = entry.name.map(ByteText.init) else {
        passOver(ByteText(String(decoding: entry.bytes, as: UTF8.self)), "its name is not UTF-8: rename it", warn)
        continue
      }
      guard isImage(name, warn), let facts = try facts(at: "\(folder)/\(name)"), Self.isFile(facts) else { continue }
      found.append((name, facts))
    }
    return found.sorted { ($0.facts.modified, $0.name) < ($1.facts.modified, $1.name) }
  }

  private static func isFile(_ facts: FileFacts) -> Bool { facts.kind == .regular || facts.kind == .link }

  private func isImage(_ name: ByteText, _ warn: (String) -> Void) -> Bool {
    if name.hasPrefix(".") { return false }
    if isImageName(name.text) { return true }
    passOver(name, "its name does not end as an image's does (\(imageSuffixes.joined(separator: ", ")))", warn)
    return false
  }

  /// Each name is told once.
  private func passOver(_ name: ByteText, _ reason: String, _ warn: (String) -> Void) {
    guard passedOver.count < 1000, passedOver.insert(name).inserted else { return }
    warn("\(folder)/\(printable(name.text)) is passed over: \(reason)")
  }
}
