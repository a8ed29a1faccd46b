import Charts
import DurableFiles
import Foundation

/// What `kiln verify` says.
struct VerifyReport: Encodable {
  let run: String
  /// Somebody trains in the folder right now.
  let isTraining: Bool
  private let holder: String?
  var checks: [RunCheck] = []
  private(set) var replay: ReplayReport?

  private enum CodingKeys: String, CodingKey { case run, isRight, isTraining, checks, replay }

  init(_ path: String, _ run: VerifiedRun) {
    self.run = path
    isTraining = run.isTraining
    holder =
      switch run.holder {
      case .nobody: nil
      case .process(let number): "process \(number)"
      case .unknown: "another process"
      }
  }

  var isRight: Bool { checks.allSatisfy { $0.result != .wrong } }

  mutating func add(_ replayed: (check: RunCheck, replay: ReplayReport?)) {
    checks.append(replayed.check)
    replay = replayed.replay
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run, forKey: .run)
    try container.encode(isRight, forKey: .isRight)
    try container.encode(isTraining, forKey: .isTraining)
    try container.encode(checks, forKey: .checks)
    try container.encodeIfPresent(replay, forKey: .replay)
  }

  var text: String {
    var table = Table([.left("check"), .left("result"), .left("what was looked at")])
    for check in checks { table.append([check.name, check.result.rawValue, check.summary]) }
    var parts = [table.text]
    if let holder {
      parts.append(
        wrapped(
          "\(holder) trains in this folder right now: what was read may be of two moments. Verify it again when it is over."
        ))
    }
    if let replay, !replay.reproduces { parts.append(replay.text) }
    let findings = checks.flatMap { check in check.findings.map { (check.name, $0) } }
    for (name, finding) in findings.sorted(by: { $0.1.isWrong && !$1.1.isWrong }) {
      var text = "\(finding.isWrong ? "WRONG" : "note") \(name): \(printable(finding.text))"
      if let cure = finding.cure { text += "; \(printable(cure))" }
      parts.append(wrapped(text))
    }
    parts.append(verdict(findings.count { $0.1.isWrong }))
    return parts.joined(separator: "\n\n")
  }

  private func verdict(_ count: Int) -> String {
    let name = printable(run)
    if count > 0 { return "\(name): \(count.grouped) thing\(count == 1 ? " is" : "s are") wrong" }
    if replay?.reproduces == true { return "\(name): everything is right, and what its job gives" }
    return "\(name): everything is right\(replay == nil ? "; --replay proves that it is what its job gives" : "")"
  }

  private static let width = 79

  /// Lines of whole words, all but the first indented.
  private func wrapped(_ text: String) -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > Self.width {
        lines.append(line)
        line = "  \(word)"
      } else {
        line += line.isEmpty ? "\(word)" : " \(word)"
      }
    }
    return (lines + [line]).joined(separator: "\n")
  }
}
