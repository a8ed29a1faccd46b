import Datasets
import DurableFiles
import Foundation
import Glibc
import Images
import TemporaryFolder
import Testing

@Suite struct ImageCacheTests {
  private static let planeFile = 65536 + 400
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Each is as the cache of another process would be.
  private func cache(limit: Int = 1 << 24, rest: Double = 0) -> ImageCache {
    ImageCache(folder("cache"), limit: limit, rest: rest)
  }

  private var names: [String] { folder.names("cache").filter { $0.hasSuffix(".planes") }.sorted() }

  private func load(_ indices: some Sequence<Int>, of gallery: Gallery, _ cache: ImageCache) throws {
    let store = gallery.store(cache: cache)
    for index in indices { #expect(try store.image(of: index).planes == Gallery.draw(index)) }
  }

  /// Makes an entry look as if it had been of use a day ago.
  private func age(_ name: String, hours: Int = 24) {
    let time = timespec(tv_sec: Int(Date().timeIntervalSince1970) - 3600 * hours, tv_nsec: 0)
    #expect(utimensat(AT_FDCWD, folder("cache/\(name)"), [time, time], 0) == 0)
  }

  /// Images 0 and 3 are coloured, the others gray.
  @Test func aSecondJobDecodesNothing() throws {
    let gallery = try Gallery(count: 6)
    let budget = MemoryBudget(bytes: 1 << 24)
    for _ in 0..<2 {
      let store = gallery.store(cache: cache(), budget: budget)
      for _ in 0..<2 { for index in 0..<6 { #expect(try store.image(of: index).planes == Gallery.draw(index)) } }
    }
    #expect(gallery.loadCount == 6)
    #expect(budget.bytesLeft == 1 << 24, "what lies on disk is not in memory too")
    let sizes = try names.map { try #require(try facts(at: folder("cache/\($0)"))).size / 65536 }
    #expect(sizes.sorted() == [1, 1, 1, 1, 3, 3])
    #expect(try FileManager.default.attributesOfItem(atPath: folder("cache"))[.posixPermissions] as? Int == 0o700)
    #expect(folder.text("cache/CACHEDIR.TAG")?.hasPrefix("Signature: 8a477f597d28d172789f06886806bc55") == true)
  }

  /// In place, with the size and the date of before, as `cp -p` and `rsync` leave it.
  @Test func aChangedFileIsAnotherImage() throws {
    let gallery = try Gallery(count: 2)
    try load(0..<2, of: gallery, cache())
    let path = gallery.examples[1].path
    let before = try #require(try facts(at: path))
    let date = timespec(tv_sec: Int(before.modified / 1_000_000_000), tv_nsec: Int(before.modified % 1_000_000_000))
    // Until the clock that stamps files has gone on.
    #expect(
      eventually {
        utimensat(AT_FDCWD, path, [date, date], 0)
        return (try? facts(at: path))?.changed != before.changed
      })
    let after = try #require(try facts(at: path))
    #expect(after.modified == before.modified && after.size == before.size && after.inode == before.inode)
    try load(0..<2, of: gallery, cache())
    #expect(gallery.loadCount == 3)
  }

  /// A change within the same tick of the file system's clock would not show.
  @Test func aFreshFileIsNotKept() throws {
    let gallery = try Gallery(count: 2)
    for _ in 0..<2 { try load(0..<2, of: gallery, cache(rest: 3600)) }
    #expect(gallery.loadCount == 4)
    #expect(names.isEmpty)
  }

  @Test func aFileThatChangesWhileItIsReadIsNotKept() throws {
    let gallery = try Gallery(count: 1)
    let store = gallery.store(cache: cache()) { index in
      try? Data([1]).write(to: URL(fileURLWithPath: gallery.examples[index].path))
    }
    #expect(try store.image(of: 0).planes == Gallery.draw(0))
    #expect(names.isEmpty)
  }

  @Test func aBadImageIsNotKept() throws {
    let gallery = try Gallery(count: 2, bad: [0])
    let store = gallery.store(cache: cache())
    #expect(throws: ImageFailure.self) { try store.image(of: 0) }
    #expect(names.isEmpty && store.planesAreBad(0))
  }

  @Test(arguments: ["shorter", "empty", "zeros", "longer", "another"])
  func aDamagedEntryIsDecodedAfresh(damage: String) throws {
    let gallery = try Gallery(count: 2)
    try load(0..<2, of: gallery, cache())
    let name = try #require(names.first)
    let bytes = try readFile(folder("cache/\(name)"), limit: 1 << 20)
    let damaged: [UInt8] =
      switch damage {
      case "shorter": Array(bytes.dropLast(4096))
      case "empty": []
      case "zeros": Array(bytes.prefix(8192)) + [UInt8](repeating: 0, count: bytes.count - 8192)
      case "longer": bytes + [0]
      default: try readFile(folder("cache/\(names[1])"), limit: 1 << 20)
      }
    try publish(damaged, to: folder("cache/\(name)"))
    try load(0..<2, of: gallery, cache())
    #expect(gallery.loadCount == 3)
    #expect(try readFile(folder("cache/\(name)"), limit: 1 << 20) == bytes, "and the entry is repaired")
  }

  @Test func everyByteOfAnEntryCounts() throws {
    let gallery = try Gallery(count: 2)
    try load([1], of: gallery, cache())
    let path = folder("cache/\(names[0])")
    let bytes = try readFile(path, limit: 1 << 20)
    let places = Array(0..<120) + Array(stride(from: 120, to: bytes.count, by: 997)) + [bytes.count - 1]
    for (count, place) in places.enumerated() {
      var damaged = bytes
      damaged[place] ^= 0x80
      try publish(damaged, to: path, .atomic)
      try load([1], of: gallery, cache())
      #expect(gallery.loadCount == 2 + count, "byte \(place)")
    }
  }

  @Test func isBoundedAndForgetsWhatWasOfUseLongestAgo() throws {
    let old = try Gallery(count: 9)
    let limit = 8 * Self.planeFile
    try load([1, 2, 4, 5, 7, 8], of: old, cache(limit: limit))
    let entries = names
    #expect(entries.count == 6)
    for name in entries { age(name) }
    // A job that uses two of the old images and five new ones.
    let later = cache(limit: limit)
    try load([1, 2], of: old, later)
    #expect(old.loadCount == 6)
    let new = try Gallery(count: 9)
    try load([1, 2, 4, 5, 7], of: new, later)
    let sizes = try names.map { try #require(try facts(at: folder("cache/\($0)"))).size }
    #expect(sizes.reduce(0, +) <= limit)
    try load([1, 2], of: old, cache(limit: limit))
    try load([1, 2, 4, 5, 7], of: new, cache(limit: limit))
    #expect(old.loadCount == 6 && new.loadCount == 5, "the unused ones have given way")
    #expect(names.count == 7 || names.count == 8)
  }

  @Test func keepsWhatCameFirstWhenOneJobIsTooLarge() throws {
    let gallery = try Gallery(count: 30)
    let gray = (0..<30).filter { $0 % 3 != 0 }
    for _ in 0..<2 { try load(gray, of: gallery, cache(limit: 8 * Self.planeFile)) }
    #expect(names.count == 8)
    #expect(gallery.loadCount == 2 * gray.count - 8)
    #expect(cache().complaint == nil)
  }

  @Test func nothingIsKeptWithoutRoom() throws {
    let gallery = try Gallery(count: 3)
    let budget = MemoryBudget(bytes: 1 << 20)
    let store = gallery.store(cache: cache(limit: 1000), budget: budget)
    for _ in 0..<2 { _ = try store.image(of: 1) }
    #expect(names.isEmpty && gallery.loadCount == 1)
    #expect(budget.bytesLeft == (1 << 20) - 65536, "memory takes its place")
  }

  @Test func aFolderThatCannotBeIsAComplaintAndNoError() throws {
    try folder.write("a file", to: "cache")
    let gallery = try Gallery(count: 3)
    let broken = cache()
    let store = gallery.store(cache: broken, budget: MemoryBudget(bytes: 1 << 20))
    for _ in 0..<2 { #expect(try store.image(of: 1).planes == Gallery.draw(1)) }
    #expect(gallery.loadCount == 1)
    #expect(broken.complaint?.description.contains(folder("cache")) == true)
  }

  @Test func clearsAwayWhatACrashLeftBehind() throws {
    try createDirectories(folder("cache"))
    for name in [".a.1-1.tmp", ".b.1-2.tmp", "notes.txt"] { try folder.write("half", to: "cache/\(name)") }
    for name in [".a.1-1.tmp", "notes.txt"] { age(name, hours: 2) }
    try load([1], of: try Gallery(count: 2), cache())
    #expect(Set(folder.names("cache")).isSuperset(of: [".b.1-2.tmp", "notes.txt"]))
    #expect(!folder.names("cache").contains(".a.1-1.tmp"))
  }

  /// Jobs side by side in one folder that is too small for them, each with threads of its own.
  @Test func jobsShareAFolder() async throws {
    let gallery = try Gallery(count: 24)
    let caches = (0..<4).map { _ in cache(limit: 10 * Self.planeFile) }
    let wrong = await withTaskGroup(of: Int.self) { group in
      for cache in caches {
        for thread in 0..<2 {
          group.addTask {
            let store = gallery.store(cache: cache)
            return (0..<120).count { round in
              let index = (round * 7 + thread * 5) % 24
              return (try? store.image(of: index).planes) != Gallery.draw(index)
            }
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
    #expect(caches.allSatisfy { $0.complaint == nil })
    #expect(folder.names("cache").allSatisfy { !$0.hasSuffix(".tmp") })
  }
}

extension ImageStore {
  fileprivate func planesAreBad(_ index: Int) -> Bool { (try? image(of: index)) == nil }
}
