import DurableFiles
import Glibc
import Jobs
import Logging
import Workers

/// The intake on a thread of its own: a folder of 20,000 files, a validation and the syncs of an acceptance may take as
/// long as they like without holding up the daemon's loop. The two threads share nothing but the `Book`.
final class Reception {
  private struct Book {
    var accepted: [Job] = []
    var rejected: Int
    var isClosing = false
    var isClosed = false
  }

  private let book: Monitor<Book>
  /// Wakes the daemon's loop.
  private let news: Bell
  /// Wakes the intake's loop.
  private let closing: Bell

  /// - Parameter watcher: of `incoming/`, made before the census was taken.
  init(
    _ settings: Settings, _ spool: Spool, _ log: Logger, _ census: Census, _ watcher: sending Watcher
  ) throws(SupervisionError) {
    let book = Monitor(Book(rejected: census.counts[.rejected] ?? 0))
    let (news, closing) = (try Bell(), try Bell())
    (self.book, self.news, self.closing) = (book, news, closing)
    let watched = Handed(watcher)
    let hasStarted = startThread {
      let intake = Intake(settings, spool, log, census)
      Self.serve(intake, watched.value, book, news: news, closing: closing)
      book.change { $0.isClosed = true }
      book.wakeAll()
    }
    if !hasStarted { throw .system(operation: "start a thread", code: EAGAIN) }
  }

  /// Readable when `take` has something to tell.
  var descriptor: Int32 { news.descriptor }

  /// The jobs that were accepted since the last call, and how many files have been set aside in all.
  func take() -> (accepted: [Job], rejected: Int) {
    news.silence()
    return book.change { book in
      defer { book.accepted = [] }
      return (book.accepted, book.rejected)
    }
  }

  /// Nothing more is taken in. What is being accepted this moment is accepted; `waitUntilClosed` waits for it.
  func close() {
    book.change { $0.isClosing = true }
    closing.ring()
  }

  func waitUntilClosed() {
    book.wait { $0.isClosed ? () : nil }
  }

  private static func serve(
    _ intake: Intake, _ watcher: Watcher, _ book: Monitor<Book>, news: Bell, closing: Bell
  ) {
    intake.scan(now: uptime())
    var readable: Set<Int32> = []
    while !book.change({ $0.isClosing }) {
      let now = uptime()
      if readable.contains(watcher.descriptor) { intake.heed(watcher.notices(), now: now) }
      let accepted = intake.proceed(readable: readable, now: now)
      let isNews = book.change { book in
        defer { (book.accepted, book.rejected) = (book.accepted + accepted, intake.rejected) }
        return !accepted.isEmpty || book.rejected != intake.rejected
      }
      if isNews { news.ring() }
      readable = waitForAny(
        of: [closing.descriptor, watcher.descriptor] + intake.descriptors,
        timeout: min(intake.deadline - uptime(), Bell.patience))
    }
    intake.stop()
  }

  /// A value that the other thread alone uses from now on, which makes it safe to send.
  private struct Handed<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }
}
