import DurableFiles
import Foundation
import Glibc
import TemporaryFolder
import Testing

struct FileLockTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func isHeldOnceAndSaysByWhom() throws {
    #expect(try FileLock.holder(of: folder("lock")) == .nobody)
    let lock = try FileLock(folder("lock"))
    #expect(try FileLock.holder(of: folder("lock")) == .process(getpid()))
    #expect(throws: FileError.locked(path: folder("lock"), holder: getpid())) { try FileLock(folder("lock")) }
    #expect(lock.path == folder("lock"))
  }

  @Test func endsWithItsValue() throws {
    do { _ = try FileLock(folder("lock")) }
    #expect(try FileLock.holder(of: folder("lock")) == .nobody)
    _ = try FileLock(folder("lock"))
  }

  /// A child that ran with the descriptor open would keep the lock after its parent's death.
  @Test func isNotInherited() throws {
    var lock: FileLock? = try FileLock(folder("lock"))
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/bin/sleep")
    child.arguments = ["60"]
    try child.run()
    defer {
      kill(child.processIdentifier, SIGKILL)
      child.waitUntilExit()
    }
    _ = lock
    lock = nil
    #expect(try FileLock.holder(of: folder("lock")) == .nobody)
  }

  @Test func refusesALink() throws {
    try replaceSymlink(at: folder("lock"), to: folder("elsewhere"))
    #expect(throws: FileError.self) { try FileLock(folder("lock")) }
    #expect(folder.names() == ["lock"])
  }
}
