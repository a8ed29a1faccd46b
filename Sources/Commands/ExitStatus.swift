/// How `kiln` ends, by the names and numbers of sysexits.h.
package enum ExitStatus: Int32, Sendable {
  case success = 0
  case usage = 64
  case badData = 65
  case noInput = 66
  case software = 70
  case system = 71
  case inputOutput = 74
  case tryAgain = 75
  case configuration = 78
}
