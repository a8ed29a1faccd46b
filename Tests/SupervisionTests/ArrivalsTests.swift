import DurableFiles
import Foundation
import Supervision
import TemporaryFolder
import Testing

struct ArrivalsTests {
  let folder: TemporaryFolder
  var arrivals = Arrivals(quiet: 2)

  init() throws { folder = try TemporaryFolder() }

  /// The facts of a file with so many bytes.
  private func file(_ name: String = "a", bytes: Int) throws -> FileFacts {
    try folder.write(String(repeating: "x", count: bytes), to: name)
    return try #require(try facts(at: folder(name)))
  }

  @Test mutating func aFileWhoseWriterClosedItIsReadyAtOnce() throws {
    arrivals.saw("a", try file(bytes: 5), finished: true, now: 10)
    #expect(arrivals.ready(now: 10) == ["a"])
  }

  @Test mutating func aFileThatWasFoundRestsFirst() throws {
    let facts = try file(bytes: 5)
    arrivals.saw("a", facts, finished: false, now: 10)
    #expect(arrivals.ready(now: 11.9) == [])
    #expect(arrivals.nextReady == 12)
    arrivals.saw("a", facts, finished: false, now: 11.9)
    #expect(arrivals.ready(now: 12) == ["a"])
  }

  @Test mutating func aFileThatGrowsBeginsToRestAnew() throws {
    arrivals.saw("a", try file(bytes: 5), finished: false, now: 10)
    arrivals.saw("a", try file(bytes: 6), finished: false, now: 11.5)
    #expect(arrivals.ready(now: 12) == [])
    #expect(arrivals.ready(now: 13.5) == ["a"])
  }

  @Test mutating func aFinishedFileThatChangesIsFinishedNoLonger() throws {
    arrivals.saw("a", try file(bytes: 5), finished: true, now: 10)
    arrivals.saw("a", try file(bytes: 6), finished: false, now: 10)
    #expect(arrivals.ready(now: 10) == [])
  }

  /// `touch` and the first moment of a slow copy close an empty file.
  @Test mutating func anEmptyFileRests() throws {
    arrivals.saw("a", try file(bytes: 0), finished: true, now: 10)
    #expect(arrivals.ready(now: 10) == [])
    #expect(arrivals.ready(now: 12) == ["a"])
  }

  @Test mutating func aFileThatIsBeingJudgedIsNotOfferedAgain() throws {
    arrivals.saw("a", try file(bytes: 5), finished: true, now: 10)
    arrivals.take("a")
    #expect(arrivals.ready(now: 20) == [])
    #expect(arrivals.nextReady == nil)
    #expect(!arrivals.isQuiet("a", now: 11) && arrivals.isQuiet("a", now: 12))
    arrivals.putBack("a")
    #expect(arrivals.ready(now: 11) == [])
    #expect(arrivals.ready(now: 12) == ["a"])
  }

  @Test mutating func aFileThatIsOpenForWritingRestsAnew() throws {
    arrivals.saw("a", try file(bytes: 5), finished: false, now: 10)
    arrivals.postpone("a", now: 12)
    #expect(arrivals.ready(now: 13) == [])
    #expect(arrivals.ready(now: 14) == ["a"])
  }

  @Test mutating func aFileThatCannotBeMovedIsOfferedAgainOnlyWhenItHasChanged() throws {
    let facts = try file(bytes: 5)
    arrivals.saw("a", facts, finished: true, now: 10)
    arrivals.leave("a")
    arrivals.saw("a", facts, finished: true, now: 20)
    #expect(arrivals.ready(now: 30) == [])
    #expect(arrivals.nextReady == nil)
    arrivals.saw("a", try file(bytes: 6), finished: true, now: 40)
    #expect(arrivals.ready(now: 40) == ["a"])
  }

  @Test mutating func firstComeFirstServed() throws {
    for name in ["c", "a", "b"] { arrivals.saw(name, try file(name, bytes: 1), finished: true, now: 10) }
    #expect(arrivals.ready(now: 10) == ["c", "a", "b"])
    arrivals.forget("a")
    #expect(arrivals.ready(now: 10) == ["c", "b"])
  }
}
