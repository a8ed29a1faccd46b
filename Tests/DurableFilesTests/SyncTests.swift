import DurableFiles
import Foundation
import Synchronization
import TemporaryFolder
import Testing

/// In which order this process syncs and renames, below the folders that a test listens to.
///
/// The functions below stand before the C library's in this program, note the call and make it. So the order is that of
/// the system calls themselves, whatever the code above them looks like.
private enum Journal {
  static let folders = Mutex<[String: [String]]>([:])

  static func listen(to folder: String) { folders.withLock { $0[folder] = [] } }
  static func take(_ folder: String) -> [String] { folders.withLock { $0.removeValue(forKey: folder) ?? [] } }

  /// Notes a word and a path as seen from the folder that is listened to; `.` is that folder.
  static func note(_ word: String, _ path: String) {
    folders.withLock { folders in
      for folder in folders.keys where path.hasPrefix(folder) {
        let name = path.dropFirst(folder.count + 1)
        // Unfinished files have names made up at random.
        let shown = name.isEmpty ? "." : name.hasSuffix(".tmp") ? "unfinished" : String(name)
        folders[folder]?.append("\(word) \(shown)")
      }
    }
  }

  /// The C library's own function of a name.
  static func real<Function>(_ name: String, as type: Function.Type) -> Function {
    // RTLD_NEXT, a macro that Swift does not see.
    unsafeBitCast(dlsym(UnsafeMutableRawPointer(bitPattern: -1), name), to: type)
  }
}

@_cdecl("fsync") func noteSync(_ descriptor: Int32) -> Int32 {
  let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")) ?? ""
  Journal.note("sync", path)
  return Journal.real("fsync", as: (@convention(c) (Int32) -> Int32).self)(descriptor)
}

@_cdecl("rename") func noteRename(_ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> Int32 {
  Journal.note("rename to", String(cString: to))
  typealias Rename = @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32
  return Journal.real("rename", as: Rename.self)(from, to)
}

@_cdecl("renameat2") func noteRenameAt(
  _ one: Int32, _ from: UnsafePointer<CChar>, _ other: Int32, _ to: UnsafePointer<CChar>, _ flags: UInt32
) -> Int32 {
  Journal.note("rename to", String(cString: to))
  typealias Rename =
    @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
  return Journal.real("renameat2", as: Rename.self)(one, from, other, to, flags)
}

/// What a power cut leaves depends on what was synced before what.
struct SyncTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try createDirectories(folder("to"))
    try createDirectories(folder("from"))
  }

  private func calls(_ body: () throws -> Void) rethrows -> [String] {
    Journal.listen(to: folder.path)
    defer { _ = Journal.take(folder.path) }
    try body()
    return Journal.take(folder.path)
  }

  /// The bytes are on the disk before they have their name, and the name is before the call returns.
  @Test func aPublicationSyncsTheFileItsNameAndTheFolder() throws {
    for _ in 1...2 {
      #expect(try calls { try publish("x", to: folder("to/a")) } == ["sync unfinished", "rename to to/a", "sync to"])
    }
    #expect(try calls { try publishNew([1], to: folder("to/b")) } == ["sync unfinished", "rename to to/b", "sync to"])
  }

  @Test func whatIsRewrittenEverySecondIsNotSynced() throws {
    #expect(try calls { try publish("x", to: folder("to/a"), .atomic) } == ["rename to to/a"])
  }

  /// The new name first: a power cut between the two may leave both, never none.
  @Test func aMoveSyncsTheNewFolderAndThenTheOld() throws {
    try folder.write("x", to: "from/a")
    #expect(try calls { try move(folder("from/a"), to: folder("to/a")) } == ["rename to to/a", "sync to", "sync from"])
    #expect(try calls { try move(folder("to/a"), to: folder("to/b")) } == ["rename to to/b", "sync to"])
  }

  @Test func aMoveOfManyLeavesTheFoldersToTheCaller() throws {
    try folder.write("x", to: "from/a")
    #expect(try calls { try move(folder("from/a"), to: folder("to/a"), .atomic) } == ["rename to to/a"])
  }

  @Test func anExchangeSyncsBothFolders() throws {
    try folder.write("1", to: "from/a")
    try folder.write("2", to: "to/a")
    let found = try calls { try exchange(folder("from/a"), folder("to/a")) }
    #expect(found == ["rename to to/a", "sync to", "sync from"])
  }

  @Test func anAppendedLineIsSyncedAndItsNewNameToo() throws {
    #expect(try calls { try appendLine("x", to: folder("to/log")) } == ["sync to/log", "sync to"])
    #expect(try calls { try appendLine("y", to: folder("to/log")) } == ["sync to/log"])
  }

  /// A folder that appears whole is whole on the disk before it has its name.
  @Test func aFolderIsSyncedWithEverythingInItBeforeItAppears() throws {
    try createDirectories(folder("from/new/deep"))
    try folder.write("x", to: "from/new/deep/a")
    let found = try calls { try publishDirectory(folder("from/new"), to: folder("to/new")) }
    let expected = ["sync from/new/deep/a", "sync from/new/deep", "sync from/new"]
    #expect(found == expected + ["rename to to/new", "sync to", "sync from"])
  }

  @Test func aLinkIsSyncedByItsFolder() throws {
    #expect(try calls { try replaceSymlink(at: folder("to/l"), to: "a") } == ["rename to to/l", "sync to"])
  }
}
