public import DurableFiles
import Foundation
import RunFiles
import Supervision
import TemporaryFolder
import Testing

/// In tests a name may be written as it is.
extension ByteText: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) { self.init(text) }
}

struct WatcherTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What happened to each name, until so many notices have come. A child that another test is just starting may hold a
  /// file open for a moment longer.
  private func next(_ count: Int, from watcher: Watcher) -> [String] {
    var notices: [Watcher.Notice] = []
    while notices.count < count && !waitForAny(of: [watcher.descriptor], timeout: 60).isEmpty {
      notices += watcher.notices()
    }
    return notices.map(words)
  }

  private func words(_ notice: Watcher.Notice) -> String {
    guard case .happened(let happening, folder.path, let name) = notice else { return "unclear" }
    switch happening {
    case .movedAway: return "movedAway \(name)"
    case .movedHere: return "movedHere \(name)"
    default: return "\(happening) \(name)"
    }
  }

  @Test func tellsFinishedFilesFromNewNames() throws {
    let watcher = try Watcher([folder.path])
    #expect(watcher.notices() == [])
    try folder.write("x", to: "a")
    #expect(next(2, from: watcher) == ["appeared a", "closedByWriter a"])
    try move(folder("a"), to: folder("b"))
    #expect(next(1, from: watcher) == ["movedHere b"])
    try createDirectories(folder("c"))
    #expect(next(1, from: watcher) == ["appeared c"])
    #expect(watcher.notices() == [])
  }

  @Test func tellsWhatIsGone() throws {
    try folder.write("x", to: "a")
    let watcher = try Watcher([folder.path])
    try remove(folder("a"))
    #expect(next(1, from: watcher) == ["removed a"])
  }

  @Test func aNameThatIsNoTextIsUnclear() throws {
    let watcher = try Watcher([folder.path])
    let path = (Array(folder.path.utf8) + [0x2F, 0xFF, 0]).map { CChar(bitPattern: $0) }
    #expect(mkdir(path, 0o700) == 0)
    #expect(watcher.notices() == [.unclear])
    rmdir(path)
  }

  @Test func aFolderThatIsMissingIsAnError() {
    #expect(throws: SupervisionError.self) { try Watcher([folder("missing")]) }
  }

  /// In a folder that is watched closely each use of a file is told, but not that somebody lists the folder: the
  /// daemon does so itself, and would never rest.
  @Test func tellsWhoUsesAFile() throws {
    let watcher = try Watcher([], closely: [folder.path])
    let file = open(folder("a"), O_CREAT | O_WRONLY, 0o600)
    #expect(next(2, from: watcher) == ["appeared a", "opened a"])
    #expect(write(file, "x", 1) == 1)
    #expect(next(1, from: watcher) == ["modified a"])
    #expect(rename(folder("a"), folder("b")) == 0)
    #expect(next(2, from: watcher) == ["movedAway a", "movedHere b"])
    close(file)
    #expect(next(1, from: watcher) == ["closedByWriter b"])
    _ = try entries(of: folder.path)
    #expect(watcher.notices() == [])
    close(open(folder("b"), O_RDONLY))
    #expect(next(2, from: watcher) == ["opened b", "closedByReader b"])
  }
}

struct VerdictTests {
  @Test func readsOneObjectALineAndPassesOverTheRest() {
    let output = """
      a stray warning
      {"path":"/in/a.yaml","valid":true,"name":"a","priority":70}
      {"path":"/in/b.yaml","valid":false,"file":"b.yaml","line":3,"column":7,"message":"no","report":"b.yaml:3:7: no\\n"}
      {"path":"/in/c.yaml","va
      """
    let verdicts = Verdict.list(in: Array(output.utf8))
    #expect(verdicts.keys.sorted() == ["/in/a.yaml", "/in/b.yaml"])
    #expect(verdicts["/in/a.yaml"]?.priority == 70)
    #expect(verdicts["/in/b.yaml"]?.report == "b.yaml:3:7: no\n")
  }
}
