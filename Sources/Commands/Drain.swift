import ArgumentParser
import DurableFiles
import Jobs

/// `kiln drain`
struct Drain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Finish the jobs that run and start no others, until `kiln resume`.",
    discussion: "It also holds over restarts of the daemon. Jobs are accepted and queued meanwhile.")

  @OptionGroup var place: HomeOption

  func run() throws {
    let spool = try place.servedSpool()
    let running = try orExit(74) { () throws(FileError) in
      try spool.drain()
      return try spool.ids(in: .running).count
    }
    print("draining: nothing is started until `kiln resume`; \(running == 0 ? "nothing runs" : "\(running) still run")")
  }
}

/// `kiln resume`
struct Resume: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Start jobs again after `kiln drain`.")

  @OptionGroup var place: HomeOption

  func run() throws {
    let spool = try place.servedSpool()
    let wasDraining = try orExit(74) { () throws(FileError) in try spool.isDraining }
    try orExit(74) { () throws(FileError) in try spool.resume() }
    print(wasDraining ? "resumed: jobs are started again" : "it was not draining")
  }
}
