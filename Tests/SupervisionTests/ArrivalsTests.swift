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
    for name in ["c", "a", "b"] { arrivals.saw(ByteText(name), try file(name, bytes: 1), finished: true, now: 10) }
    #expect(arrivals.ready(now: 10) == ["c", "a", "b"])
    arrivals.forget("a")
    #expect(arrivals.ready(now: 10) == ["c", "b"])
  }

  /// However long its writer takes; and the loop has nothing to wake up for.
  @Test mutating func aFileThatSomebodyWritesIsWaitedFor() throws {
    arrivals.writers.saw(.appeared, of: "a")
    arrivals.writers.saw(.opened, of: "a")
    arrivals.saw("a", try file(bytes: 5), finished: false, now: 10)
    #expect(arrivals.ready(now: 1000) == [])
    #expect(arrivals.nextReady == nil)
    arrivals.writers.saw(.closedByWriter, of: "a")
    #expect(arrivals.ready(now: 1000) == ["a"])
  }

  /// Two files, of names that look alike.
  @Test mutating func namesAreBytes() throws {
    arrivals.saw("\u{E9}", try file("1", bytes: 1), finished: true, now: 10)
    arrivals.saw("e\u{301}", try file("2", bytes: 2), finished: true, now: 10)
    #expect(arrivals.ready(now: 10).count == 2)
  }
}

/// What inotify says while files are used, and what follows from it.
struct WritersTests {
  var writers = Writers()

  private mutating func saw(_ happenings: Watcher.Happening...) -> Bool {
    for happening in happenings { writers.saw(happening, of: "a") }
    return writers.have("a")
  }

  @Test mutating func whoCreatesAFileWritesItUntilHeClosesIt() {
    #expect(saw(.appeared, .opened))
    #expect(saw(.modified))
    #expect(saw(.opened, .closedByReader))
    #expect(!saw(.closedByWriter))
    #expect(!writers.mayHave("a"))
  }

  @Test mutating func whoAppendsWritesFromTheFirstByteOn() {
    #expect(!saw(.opened))
    #expect(saw(.modified))
    #expect(!saw(.closedByWriter))
  }

  @Test mutating func whoReadsHoldsNobodyUp() {
    #expect(!saw(.opened, .closedByReader, .opened))
    #expect(writers.mayHave("a"))
  }

  /// A link, a pipe, a file made by mknod: new, and nobody has it open. The first to look at it is no writer.
  @Test mutating func whatWasNotOpenedIsNotWritten() {
    #expect(!saw(.appeared))
    #expect(!saw(.opened, .closedByReader))
  }

  /// truncate(2) changes a file that nobody has open, and nothing is closed after it.
  @Test mutating func whatIsCutIsNotWritten() {
    #expect(!saw(.modified))
    #expect(!saw(.opened, .closedByReader))
  }

  /// inotify tells of the writer and of a reader, who opened it in one instant, as of one.
  @Test mutating func aReaderHidesNoWriter() {
    #expect(!saw(.appeared, .opened, .closedByReader))
    #expect(saw(.modified))
    #expect(saw(.opened, .closedByReader))
    #expect(!saw(.closedByWriter) && !writers.mayHave("a"))
    #expect(saw(.appeared, .opened, .modified, .closedByReader))
    #expect(!saw(.closedByWriter) && !writers.mayHave("a"))
  }

  @Test mutating func ofTwoWritersOneIsLeft() {
    #expect(saw(.appeared, .opened, .modified, .opened, .modified))
    #expect(!saw(.closedByWriter) && writers.mayHave("a"))
    #expect(saw(.modified))
    #expect(!saw(.closedByWriter) && !writers.mayHave("a"))
  }

  @Test mutating func aWriterGoesWithItsFile() {
    #expect(saw(.appeared, .opened, .movedAway(move: 7)) == false)
    writers.saw(.movedHere(move: 7), of: "b")
    #expect(writers.have("b") && !writers.have("a"))
    writers.saw(.removed, of: "b")
    #expect(!writers.have("b"))
    // Another file of the same name, from elsewhere.
    #expect(!saw(.appeared, .opened, .movedHere(move: 8)))
  }

  @Test mutating func whenEventsWereLostNothingIsKnown() {
    #expect(saw(.appeared, .opened))
    writers.forgetAll()
    #expect(!writers.have("a"))
  }
}
