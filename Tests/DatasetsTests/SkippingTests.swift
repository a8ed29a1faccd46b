import Datasets
import DurableFiles
import Foundation
import Glibc
import Images
import TemporaryFolder
import Testing

@Suite struct SkippingTests {
  @Test func leavesABadImageOutOfItsBatch() throws {
    let gallery = try Gallery(count: 12, bad: [1, 6])
    let pipeline = BatchPipeline(
      gallery.store(), schedule: BatchSchedule(count: 12, batchSize: 4, epochs: 2, order: .sequential),
      ledger: gallery.ledger(), threads: 2)
    var batches: [Batch] = []
    while let batch = try pipeline.next() { batches.append(batch) }
    let examples = [[0, 2, 3], [4, 5, 7], [8, 9, 10, 11]]
    #expect(batches.map(\.examples) == examples + examples)
    #expect(batches.map(\.images.count) == [3, 3, 4, 3, 3, 4])
    #expect(batches[1].targets == [2, 2.5, 3.5])
    #expect(batches[1].weights == [5, 6, 8])
    #expect(batches.map { $0.skipped.map(\.name) } == [["1"], ["6"], [], [], [], []], "each is reported once")
    #expect(pipeline.ledger.skipped.map(\.name) == ["1", "6"])
  }

  /// A disk that fails must not leave out an image that another attempt would use.
  @Test(arguments: [0, 2])
  func aFailingDiskEndsThePassAndSkipsNothing(threads: Int) throws {
    let gallery = try Gallery(count: 9)
    let failure = FileError.system(operation: "read", path: "5", code: EIO)
    let store = ImageStore(gallery.examples, budget: MemoryBudget(bytes: 0)) { path throws(ImageError) in
      if path.hasSuffix("/5") { throw .failed(failure) }
      return LoadedImage(Gallery.draw(0))
    }
    let pipeline = BatchPipeline(
      store, schedule: .once(count: 9, batchSize: 3), ledger: gallery.ledger(), threads: threads)
    #expect(try pipeline.next()?.examples == [0, 1, 2])
    let error = #expect(throws: DatasetError.self) { try pipeline.next() }
    #expect(error == .file(failure) && error?.kind == .transient)
    #expect(try pipeline.next() == nil)
    #expect(pipeline.ledger.skipped.isEmpty)
  }

  @Test func whatMayPassIsTheDisksFault() {
    for code in [EIO, ESTALE, ETIMEDOUT, ENOTCONN, ENODEV, ENOSPC, ENOMEM, EMFILE, EACCES, EPERM] {
      #expect(DatasetError(.system(operation: "read", path: "a", code: code)).kind == .transient)
    }
    for code in [ENOENT, EISDIR, ENAMETOOLONG] {
      #expect(DatasetError(.system(operation: "read", path: "a", code: code)).kind == .permanent)
    }
    #expect(DatasetError(.system(operation: "read", path: "a", code: EBADF)).kind == .ours)
    #expect(DatasetError.unusable(path: "a", problem: "b", cure: "c").kind == .permanent)
  }

  /// Image 1 is repaired after the first epoch has met it. A single batch an epoch makes decoders see later epochs
  /// before the first is taken.
  @Test(arguments: [0, 1])
  func leavesOutForGoodWhatWasBadOnce(threads: Int) throws {
    let gallery = try Gallery(count: 4, bad: [1], badLoads: 1)
    let pipeline = BatchPipeline(
      gallery.store(), schedule: BatchSchedule(count: 4, batchSize: 4, epochs: 3, order: .sequential),
      ledger: gallery.ledger(), depth: 3, threads: threads)
    for _ in 0..<3 { #expect(try pipeline.next()?.examples == [0, 2, 3]) }
    #expect(pipeline.ledger.skipped.map(\.index) == [1])
  }

  @Test func givesAnEmptyBatchWhenAllOfItIsBad() throws {
    let gallery = try Gallery(count: 6, bad: [2, 3])
    let pipeline = BatchPipeline(
      gallery.store(), schedule: .once(count: 6, batchSize: 2), ledger: gallery.ledger(), threads: 1)
    var counts: [Int] = []
    while let batch = try pipeline.next() { counts.append(batch.images.count) }
    #expect(counts == [2, 0, 2])
  }

  @Test(arguments: [0, 1, 5])
  func endsWhenTooManyAreBad(threads: Int) throws {
    let gallery = try Gallery(count: 20, bad: [1, 5, 9, 13])
    let pipeline = BatchPipeline(
      gallery.store(), schedule: .once(count: 20, batchSize: 4), ledger: gallery.ledger(share: 0.1), threads: threads)
    #expect(try pipeline.next()?.examples == [0, 2, 3])
    #expect(try pipeline.next()?.examples == [4, 6, 7])
    let error = try #require(throws: DatasetError.self) { try pipeline.next() }
    guard case .tooManySkipped(let skipped, of: 20, share: 0.1) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(skipped.map(\.name) == ["1", "5", "9"] && error.skipped == skipped)
    #expect("\(error)".hasPrefix("3 of 20 images cannot be used, more than the share of 0.1 that data.maximumSkipped"))
    #expect("\(error)".contains("\n  5: "))
    #expect(pipeline.decoders == 0)
    #expect(try pipeline.next() == nil)
  }

  /// A share that is a count of hundredths allows exactly that count, whatever doubles make of their product.
  @Test func aShareAllowsTheCountThatItIs() throws {
    for count in 0..<100 {
      var ledger = SkipLedger(total: 100, maximumShare: Double("0.\(count < 10 ? "0" : "")\(count)") ?? 1)
      for index in 0..<count { _ = try ledger.record(SkippedImage(index: index, name: "\(index)", reason: "")) }
      var refuses = false
      do { _ = try ledger.record(SkippedImage(index: 200, name: "", reason: "")) } catch { refuses = true }
      #expect(refuses, "one more than \(count) of 100")
    }
  }

  @Test func noShareAllowsThatNoImageIsLeft() throws {
    var ledger = SkipLedger(total: 7, maximumShare: 1)
    for index in 0..<6 { _ = try ledger.record(SkippedImage(index: index, name: "\(index)", reason: "torn")) }
    let last = SkippedImage(index: 6, part: .validation, name: "6", reason: "torn")
    let error = try #require(throws: DatasetError.self) { try ledger.record(last) }
    #expect("\(error)".hasPrefix("none of the validation images can be used; repair them:\n  2: torn"))
    #expect(error.kind == .permanent)
  }

  @Test(arguments: [[], [0], [0, 2]])
  func noShareAllowsAClassWithoutAnImage(known: [Int]) throws {
    let examples = (0..<10).map { Example(folder: "/", name: "\($0)", target: Float($0 % 2)) }
    func skipped(_ index: Int) -> SkippedImage {
      SkippedImage(index: index, part: .training, name: "\(index)", reason: "torn")
    }
    var ledger = SkipLedger(
      total: 10, maximumShare: 1, known: known.map(skipped), floor: ClassFloor(examples, classes: ["day", "night"]))
    for index in [0, 2, 1, 4, 3, 6, 6] { _ = try ledger.record(skipped(index)) }
    let error = try #require(throws: DatasetError.self) { try ledger.record(skipped(8)) }
    #expect("\(error)".hasPrefix("none of the training images of class 'day' can be used; repair them, or remove the"))
  }

  /// A probability of 0.3 is no image of either class.
  @Test func probabilitiesHaveNoClassesToKeep() {
    let examples = [0, 0.3, 1].map { Example(folder: "/", name: "a", target: $0) }
    #expect(ClassFloor(examples, classes: ["0", "1"]) == nil)
  }

  @Test func countsAgainstTheShareOnceAnImage() throws {
    let gallery = try Gallery(count: 10, bad: [3])
    let schedule = BatchSchedule(count: 10, batchSize: 5, epochs: 4, order: .sequential)
    let atTheLimit = BatchPipeline(
      gallery.store(), schedule: schedule, ledger: gallery.ledger(share: 0.1), threads: 2)
    #expect(try atTheLimit.records().count == 8)
    let below = BatchPipeline(gallery.store(), schedule: schedule, ledger: gallery.ledger(share: 0.09), threads: 2)
    #expect(throws: DatasetError.self) { try below.next() }
  }

  @Test func doesNotOpenWhatIsKnownToBeBad() throws {
    let gallery = try Gallery(count: 8, bad: [3])
    let survey = try Survey(of: gallery.store(), threads: 2)
    #expect(survey.skipped.map(\.name) == ["3"])
    let ledger = SkipLedger(total: 8, maximumShare: 0.2, known: survey.skipped)
    #expect(gallery.loadCount == 8)
    let pipeline = BatchPipeline(
      gallery.store(), schedule: .once(count: 8, batchSize: 8), ledger: ledger, threads: 2)
    let batch = try #require(try pipeline.next())
    #expect(batch.examples == [0, 1, 2, 4, 5, 6, 7])
    #expect(batch.skipped.isEmpty)
    #expect(gallery.loadCount == 15)
  }

  /// Real files: missing, cut off, no image at all, and a link that leaves the folder.
  @Test func saysWhatIsWrongWithAFile() throws {
    let folder = try TemporaryFolder()
    let fixtures = Expected.folder
    for name in ["truncated.png", "truncated.jpg", "text.png"] {
      try FileManager.default.copyItem(atPath: "\(fixtures)/damaged/\(name)", toPath: "\(folder.path)/\(name)")
    }
    try FileManager.default.copyItem(atPath: "\(fixtures)/cells/intact/ramp.png", toPath: "\(folder.path)/whole.png")
    try folder.link("outside.png", to: "\(fixtures)/cells/intact/ramp.png")
    try folder.link("inside.png", to: "whole.png")
    let names = ["truncated.png", "truncated.jpg", "text.png", "missing.png", "outside.png", "whole.png", "inside.png"]
    let store = ImageStore(
      names.map { Example(folder: folder.path, name: $0, target: 0) }, budget: MemoryBudget(bytes: 0))
    let reasons = names.indices.map { index -> String in
      do throws(ImageFailure) {
        _ = try store.image(of: index)
        return "whole"
      } catch .skipped(let image) {
        #expect(image.name == names[index])
        return image.reason
      } catch {
        return "\(error)"
      }
    }
    #expect(
      reasons[3...] == ["no such file", "a link that leaves the images folder and the data roots", "whole", "whole"])
    #expect(reasons[..<3].allSatisfy { !$0.isEmpty && $0 != "whole" })
    #expect(reasons[0].contains("cut short"))
    #expect(reasons[1].contains("cut short"))
  }
}
