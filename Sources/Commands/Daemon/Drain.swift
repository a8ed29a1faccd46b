import ArgumentParser
import Jobs

/// `kiln drain`
struct Drain: Command {
  static let configuration = CommandConfiguration(
    abstract: "Finish the jobs that run and start no others, until `kiln resume`.",
    discussion: """
      It also holds over restarts of the daemon. Jobs are accepted and queued meanwhile.
      Example: kiln drain --home /var/lib/kiln
      Exit status: 0, 66 if there is no such home, 74 if the request cannot be left there.
      """)

  @OptionGroup var place: HomeOption

  func run(on console: Console) throws {
    let spool = try place.servedSpool(console)
    try spool.drain()
    let running = try spool.ids(in: .running).count
    console.print(
      "draining: nothing is started until `kiln resume`; \(running == 0 ? "nothing runs" : "\(running) still run")")
  }
}

/// `kiln resume`
struct Resume: Command {
  static let configuration = CommandConfiguration(
    abstract: "Start jobs again after `kiln drain`.",
    discussion: """
      Example: kiln resume --home /var/lib/kiln
      Exit status: 0, 66 if there is no such home, 74 if the request cannot be taken away.
      """)

  @OptionGroup var place: HomeOption

  func run(on console: Console) throws {
    let spool = try place.servedSpool(console)
    let wasDraining = try spool.isDraining
    try spool.resume()
    console.print(wasDraining ? "resumed: jobs are started again" : "it was not draining")
  }
}
