/// One thing that a run was checked for, and what was found.
struct RunCheck: Encodable {
  enum Result: String, Encodable {
    case right = "ok"
    case wrong = "WRONG"
    case remark = "note"
    case unchecked = "not checked"
  }

  struct Finding: Encodable {
    /// The run is not what it should be; else it is something to know.
    let isWrong: Bool
    let text: String
    /// What to do about it; nil if nothing has to be done.
    let cure: String?
  }

  let name: String
  /// What was looked at, in a few words.
  private(set) var summary: String
  private(set) var findings: [Finding] = []
  private var isChecked = true

  init(_ name: String, _ summary: String = "") {
    self.name = name
    self.summary = summary
  }

  /// Something that is not there, or that nothing can be compared with.
  static func unchecked(_ name: String, _ reason: String) -> RunCheck {
    var check = RunCheck(name, reason)
    check.isChecked = false
    return check
  }

  var result: Result {
    guard isChecked else { return .unchecked }
    return findings.contains(where: \.isWrong) ? .wrong : findings.isEmpty ? .right : .remark
  }

  mutating func say(_ summary: String) { self.summary = summary }

  mutating func wrong(_ text: String, _ cure: String? = nil) {
    findings.append(Finding(isWrong: true, text: text, cure: cure))
  }

  mutating func remark(_ text: String, _ cure: String? = nil) {
    findings.append(Finding(isWrong: false, text: text, cure: cure))
  }

  private enum CodingKeys: CodingKey { case name, result, checked, findings }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(result, forKey: .result)
    try container.encode(summary, forKey: .checked)
    try container.encode(findings, forKey: .findings)
  }
}

/// The first of some words, and how many there are besides.
func listed(_ words: [String], most: Int = 6) -> String {
  words.prefix(most).joined(separator: ", ") + (words.count > most ? ", … (\(words.count.grouped) in all)" : "")
}
