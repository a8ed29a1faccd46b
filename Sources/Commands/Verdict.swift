/// What `kiln validate --json` says of one job file, in one line.
struct Verdict: Codable {
  var path: String
  var valid: Bool
  var name: String?
  var priority: Int?
  var file: String?
  var line: Int?
  var column: Int?
  var message: String?
  var report: String?
  var checksum: String?

  init(path: String, valid: Bool) {
    self.path = path
    self.valid = valid
  }
}
