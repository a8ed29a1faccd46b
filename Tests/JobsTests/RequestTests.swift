import DurableFiles
import Foundation
import Jobs
import TemporaryFolder
import Testing

struct RequestTests {
  let folder: TemporaryFolder
  let spool: Spool

  init() throws {
    folder = try TemporaryFolder()
    spool = Spool(home: folder.path)
    try spool.create()
  }

  @Test(arguments: [Request.cancel, .hold, .release, .retry, .reprioritize(0), .reprioritize(100)])
  func aRequestIsAFileNamedAfterJobAndWish(request: Request) throws {
    let id = JobID(sequence: 4, name: "a")
    try spool.ask(request, of: id)
    let (found, read) = try #require(Spool.request(named: folder.names("requests")[0]))
    #expect(found == id && read == request)
  }

  @Test(arguments: [
    "000004-a", "000004-a.delete", "a.cancel", ".x.tmp", "000004-a.priority-101", "000004-a.priority--1",
    "000004-a.priority-", "000004-a.priority-9999999999999999999999", "drain",
  ])
  func anyOtherFileIsNone(name: String) {
    #expect(Spool.request(named: name) == nil)
  }

  @Test func requestsAreHeardInTheOrderInWhichTheyWereMade() throws {
    let id = JobID(sequence: 4, name: "a")
    for (age, request) in [(3, Request.release), (1, .hold), (2, .cancel)] {
      try spool.ask(request, of: id)
      let made = Date(timeIntervalSince1970: Double(1000 - age))
      try FileManager.default.setAttributes([.modificationDate: made], ofItemAtPath: spool.requestFile(request, of: id))
    }
    #expect(try spool.pendingRequests().map(\.request) == [.release, .cancel, .hold])
  }

  @Test func whatIsNoFileIsNoRequest() throws {
    #expect(mkdir(folder("requests/000004-a.cancel"), 0o700) == 0)
    #expect(mkfifo(folder("requests/000004-a.hold"), 0o600) == 0)
    #expect(symlink("/etc/passwd", folder("requests/000004-a.retry")) == 0)
    #expect(mkdir(folder("requests/drain"), 0o700) == 0)
    #expect(try spool.pendingRequests().isEmpty)
    #expect(try !spool.isDraining)
  }

  @Test func drainingLastsUntilItIsResumed() throws {
    #expect(try !spool.isDraining)
    try spool.drain()
    #expect(try spool.isDraining)
    #expect(try spool.pendingRequests().isEmpty)
    try spool.resume()
    try spool.resume()
    #expect(try !spool.isDraining)
  }
}
