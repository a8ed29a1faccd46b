import Foundation
import Jobs
import TemporaryFolder
import Testing

/// `kiln submit`, and what every command does with a home that is none.
@Suite struct SubmitTests {
  private let folder: TemporaryFolder
  private var job: String { folder("job.yaml") }
  private var home: String { folder("home") }

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Fixtures.job(), to: "job.yaml")
  }

  @Test func aMistypedHomeIsRefusedAndNotMade() {
    let said = kiln("submit", "--home", home, job)
    #expect(said.status == 66 && said.errors.contains("--home") && said.errors.contains("--create"))
    #expect(folder.names() == ["job.yaml"])
  }

  @Test(arguments: [
    ["status"], ["status", "1"], ["cancel", "1"], ["hold", "1"], ["release", "1"], ["retry", "1"],
    ["reprioritize", "1", "7"], ["drain"], ["resume"],
  ])
  func soDoTheOthers(arguments: [String]) {
    let said = kiln(arguments + ["--home", home])
    #expect(said.status == 66 && said.errors.contains("is not the home of a kilnd"), "\(said)")
    #expect(folder.names() == ["job.yaml"])
  }

  @Test func aHomeIsMadeWhenThatIsAskedFor() throws {
    let said = kiln("submit", "--create", "--home", home, job)
    #expect(said.status == 0 && said.output.contains("kilnd is not running"))
    #expect(folder.names("home/incoming") == ["job.yaml", "job.yaml.origin"])
    #expect(folder.text("home/incoming/job.yaml") == Fixtures.job())
    // By now there is one.
    #expect(kiln("submit", "--home", home, job).status == 0)
    #expect(folder.names("home/incoming").contains("job-2.yaml"))
  }

  @Test func nothingIsSubmittedIfOneFileIsNoJob() throws {
    try Spool(home: home).create()
    try folder.write("name: bad\nnetwork: homwork\n", to: "bad.yaml")
    let said = kiln("submit", "--home", home, job, folder("bad.yaml"))
    #expect(said.status == 65 && said.errors.contains("bad.yaml:2:10: error: "))
    #expect(kiln("submit", "--home", home, job, folder("missing.yaml")).status == 66)
    #expect(kiln("submit", "--home", home, "-").status == 64)
    #expect(kiln("submit", "--home", home, "--priority", "101", job).status == 64)
    #expect(folder.names("home/incoming").isEmpty)
  }
}
