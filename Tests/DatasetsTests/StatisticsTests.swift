import Datasets
import Images
import Synchronization
import Testing
import Workers

@Suite struct StatisticsTests {
  /// NumPy adds 393,216 doubles in pairs of blocks of 128 with 8 partial sums: at most 16 + 3 + 12 roundings of 1.1e-16
  /// on numbers below 1, which stays under 1e-14.
  @Test(arguments: [1, 3])
  func agreeWithNumPy(threads: Int) throws {
    let declaration = DataDeclaration(images: "\(Expected.folder)/cells", validation: .share(0))
    let set = try Dataset.load(declaration, at: DataLocation(base: nil), seed: 1)
    #expect(set.training.count == 6)
    let survey = try Survey(
      of: ImageStore(set.training, budget: MemoryBudget(bytes: 0)), threads: threads)
    let expected = try Expected.read().statistics
    for channel in 0..<3 {
      #expect(abs(survey.statistics.mean[channel] - expected.mean[channel]) < 1e-14)
      #expect(abs(survey.statistics.deviation[channel] - expected.deviation[channel]) < 1e-14)
    }
    #expect(survey.skipped.isEmpty && !survey.findings.contains(nil))
  }

  @Test func doNotDependOnTheOrder() {
    var forwards = ChannelSums()
    var backwards = ChannelSums()
    for index in 0..<20 {
      forwards.add(Gallery.draw(index))
      backwards.add(Gallery.draw(19 - index))
    }
    #expect(forwards == backwards)
  }

  @Test func leaveAConstantChannelAtZero() {
    var sums = ChannelSums()
    #expect(sums.statistics == .none)
    sums.add(ImagePlanes(planes: [UInt8](repeating: 51, count: 3 * 65536)))
    #expect(sums.statistics == ChannelStatistics(mean: [0.2, 0.2, 0.2], deviation: [1, 1, 1]))
    #expect(sums.statistics.inputs(channel: 0)[51] == 0)
  }

  @Test func turnBytesIntoInputs() {
    let statistics = ChannelStatistics(mean: [0.5, 0, 0.2], deviation: [0.25, 1, 0.5])
    #expect(statistics.inputs(channel: 0).count == 256)
    #expect(statistics.inputs(channel: 0)[0] == -2)
    #expect(statistics.inputs(channel: 0)[255] == 2)
    #expect(statistics.inputs(channel: 2)[51] == 0)
    #expect(ChannelStatistics.none.inputs(channel: 1)[128] == Float(128.0 / 255))
  }
}

@Suite struct ImageStoreTests {
  /// A first look at all images may take longer than anybody waits for a step: each is a sign of life, the bad ones too.
  @Test func aSurveyTicksWithEveryImageAndTellsHowFarItIs() throws {
    let gallery = try Gallery(count: 40, bad: [3])
    let heartbeat = Heartbeat()
    var looked: [Int] = []
    let survey = try Survey(of: gallery.store(heartbeat: heartbeat), threads: 2) {
      looked.append($0)
      #expect(heartbeat.count >= $0)
    }
    #expect(survey.skipped.count == 1 && survey.findings.firstIndex(of: nil) == 3)
    #expect(heartbeat.count == 40)
    #expect(looked == [16, 32, 40])
  }

  @Test func decodesOnceWhatItCanKeep() throws {
    let gallery = try Gallery(count: 6)
    let store = gallery.store(budget: MemoryBudget(bytes: 1 << 24))
    for _ in 0..<3 { for index in 0..<6 { #expect(try store.image(of: index).planes == Gallery.draw(index)) } }
    #expect(gallery.loadCount == 6)
  }

  /// Images 0 and 3 are coloured, with three planes; the others keep one.
  @Test func keepsOnePlaneOfAGrayImage() throws {
    let gallery = try Gallery(count: 6)
    let budget = MemoryBudget(bytes: 1 << 24)
    var store: ImageStore? = gallery.store(budget: budget)
    for index in 0..<6 { _ = try store?.image(of: index) }
    #expect((1 << 24) - budget.bytesLeft == (2 * 3 + 4) * 65536)
    store = nil
    #expect(budget.bytesLeft == 1 << 24, "a dropped store gives its memory back")
  }

  @Test func staysWithinItsBudgetAndKeepsWhatCameFirst() throws {
    let gallery = try Gallery(count: 6)
    let budget = MemoryBudget(bytes: 5 * 65536)
    let (first, second) = (gallery.store(budget: budget), gallery.store(budget: budget))
    for index in [1, 2] { _ = try first.image(of: index) }
    for index in [0, 1, 2] { _ = try second.image(of: index) }
    #expect(budget.bytesLeft == 0)
    #expect(gallery.loadCount == 5)
    for index in [1, 2] { _ = try first.image(of: index) }
    _ = try second.image(of: 0)
    #expect(gallery.loadCount == 5)
    _ = try second.image(of: 1)
    #expect(gallery.loadCount == 6)
  }

  /// The second to decode the same image comes in the middle of the first.
  @Test func paysOnceForAnImageDecodedTwiceAtATime() throws {
    let gallery = try Gallery(count: 2)
    let budget = MemoryBudget(bytes: 1 << 24)
    let second = Mutex<ImageStore?>(nil)
    let store = gallery.store(budget: budget) { index in
      let store = second.withLock { $0.take() }
      _ = try? store?.image(of: index)
    }
    second.withLock { $0 = store }
    _ = try store.image(of: 1)
    #expect(gallery.loadCount == 2)
    #expect((1 << 24) - budget.bytesLeft == 65536)
  }
}
