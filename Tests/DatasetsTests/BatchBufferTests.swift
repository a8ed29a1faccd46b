import Datasets
import Tensors
import Testing

@Suite struct BatchBufferTests {
  /// 10 examples in batches of 4, 4 and 2, over two epochs.
  static let schedule = BatchSchedule(
    count: 10, batchSize: 4, epochs: 2, order: .shuffled(seed: 3, augmentation: Augmentation()))

  static func ticket<Image>(_ claim: BatchBuffer<Image>.Claim) -> BatchBuffer<Image>.Ticket? {
    if case .decode(let ticket) = claim { ticket } else { nil }
  }

  static func isWait<Image>(_ claim: BatchBuffer<Image>.Claim) -> Bool {
    if case .wait = claim { true } else { false }
  }

  static func isStop<Image>(_ claim: BatchBuffer<Image>.Claim) -> Bool {
    if case .stop = claim { true } else { false }
  }

  static func isEnd<Image>(_ taking: BatchBuffer<Image>.Taking) -> Bool {
    if case .end = taking { true } else { false }
  }

  @Test func handsOutTheScheduleAndThenStops() {
    var buffer = BatchBuffer<Int>(Self.schedule, depth: 100)
    var tickets: [BatchBuffer<Int>.Ticket] = []
    while let ticket = Self.ticket(buffer.claim()) { tickets.append(ticket) }
    #expect(Self.isStop(buffer.claim()))
    #expect(tickets.map(\.batch) == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5])
    #expect(tickets.map(\.place) == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1])
    let orders = (0..<2).flatMap { epochOrder(count: 10, seed: 3, epoch: $0) }
    #expect(tickets.map(\.example) == orders)
  }

  @Test func waitsWhenFullAndGoesOnWhenABatchIsTaken() throws {
    var buffer = BatchBuffer<Int>(Self.schedule, depth: 2)
    let tickets = (0..<8).compactMap { _ in Self.ticket(buffer.claim()) }
    #expect(tickets.count == 8)
    #expect(Self.isWait(buffer.claim()))
    for ticket in tickets.prefix(4) { _ = buffer.complete(ticket, with: ticket.example) }
    #expect(Self.isWait(buffer.claim()), "complete is not taken")
    guard case .batch(0, let examples, let images) = buffer.take() else {
      Issue.record("batch 0 is complete")
      return
    }
    #expect(examples == images)
    #expect(try #require(Self.ticket(buffer.claim())).batch == 2)
  }

  @Test func wakesTheTakerForTheBatchItWaitsForOnly() {
    var buffer = BatchBuffer<Int>(Self.schedule, depth: 2)
    let tickets = (0..<8).compactMap { _ in Self.ticket(buffer.claim()) }
    let second = tickets[4...].map { buffer.complete($0, with: 0) }
    #expect(second == [.nothing, .nothing, .nothing, .nothing])
    let first = tickets[..<4].map { buffer.complete($0, with: 0) }
    #expect(first == [.nothing, .nothing, .nothing, .wakeTaker])
  }

  @Test func givesNothingAfterCancelling() throws {
    var buffer = BatchBuffer<Int>(Self.schedule, depth: 2)
    let tickets = (0..<4).compactMap { _ in Self.ticket(buffer.claim()) }
    for ticket in tickets.dropLast() { _ = buffer.complete(ticket, with: 0) }
    buffer.cancel()
    #expect(buffer.complete(try #require(tickets.last), with: 0) == .nothing)
    #expect(Self.isStop(buffer.claim()))
    #expect(Self.isEnd(buffer.take()))
  }

  @Test func endsAtOnceWhenThereIsNothing() {
    for schedule in [
      BatchSchedule(count: 0, batchSize: 4, epochs: 3, order: .sequential),
      BatchSchedule(count: 5, batchSize: 4, epochs: 0, order: .sequential),
    ] {
      var buffer = BatchBuffer<Int>(schedule, depth: 2)
      #expect(Self.isStop(buffer.claim()))
      #expect(Self.isEnd(buffer.take()))
    }
    var past = BatchBuffer<Int>(Self.schedule, from: 6, depth: 2)
    #expect(Self.isStop(past.claim()))
    #expect(Self.isEnd(past.take()))
  }

  /// Five decoders and a taker act in an order drawn at random; whatever it is, the batches are the schedule's and
  /// never more than `depth` of them are in work.
  @Test(arguments: 0..<100)
  func keepsOrderAndBoundUnderAnyTiming(seed: Int) {
    let random = CounterRandom(seed: UInt64(seed), stream: 1)
    let (start, depth) = (random.index(below: 6, at: 0), 1 + random.index(below: 4, at: 1))
    var buffer = BatchBuffer<Int>(Self.schedule, from: start, depth: depth)
    var working: [BatchBuffer<Int>.Ticket] = []
    var taken: [(number: Int, examples: [Int])] = []
    for step in 2..<2000 {
      let action = random.index(below: 6, at: UInt64(step))
      if action == 5 {
        if case .batch(let number, let examples, let images) = buffer.take() {
          #expect(images == examples.map { $0 * 10 })
          taken.append((number, examples))
        }
      } else if action < working.count {
        let ticket = working.remove(at: action)
        _ = buffer.complete(ticket, with: ticket.example * 10)
      } else if working.count < 5, let ticket = Self.ticket(buffer.claim()) {
        #expect(ticket.batch < start + taken.count + depth)
        working.append(ticket)
      }
    }
    #expect(taken.map(\.number) == Array(start..<6))
    let visits = (0..<2).map { epochOrder(count: 10, seed: 3, epoch: $0) }
    for batch in taken {
      let first = batch.number % 3 * 4
      #expect(batch.examples == Array(visits[batch.number / 3][first..<min(first + 4, 10)]))
    }
  }
}

/// Images take 1 to 3 bytes here, and a budget is a few of them.
@Suite struct BatchBudgetTests {
  @Test func waitsForBytesAndGoesOnWhenABatchIsLetGo() throws {
    var buffer = BatchBuffer<Int>(BatchBufferTests.schedule, depth: 4, budget: 18, imageBytes: 3)
    let tickets = (0..<6).compactMap { _ in BatchBufferTests.ticket(buffer.claim()) }
    #expect(tickets.count == 6 && BatchBufferTests.isWait(buffer.claim()), "six images in work may take 18 bytes")
    #expect(buffer.complete(tickets[0], with: 0, bytes: 1) == .nothing, "two bytes less are not room for an image")
    #expect(buffer.complete(tickets[1], with: 0, bytes: 2) == .wakeDecoders)
    #expect(BatchBufferTests.ticket(buffer.claim())?.batch == 1)
    #expect(BatchBufferTests.isWait(buffer.claim()))
    _ = buffer.complete(tickets[2], with: 0, bytes: 3)
    #expect(buffer.complete(tickets[3], with: 0, bytes: 3) == .wakeTaker)
    guard case .batch(0, _, _) = buffer.take() else {
      Issue.record("batch 0 is complete")
      return
    }
    #expect(BatchBufferTests.isWait(buffer.claim()), "training still holds the batch")
    let makesRoom = buffer.release()
    #expect(makesRoom)
    #expect(BatchBufferTests.ticket(buffer.claim())?.batch == 1)
  }

  /// As above for the order, with sizes drawn too: what is held never exceeds the budget, but for a batch that is alone;
  /// and every batch comes.
  @Test(arguments: 0..<100)
  func keepsTheBudgetUnderAnyTiming(seed: Int) {
    let random = CounterRandom(seed: UInt64(seed), stream: 2)
    let budget = 1 + random.index(below: 40, at: 0)
    var buffer = BatchBuffer<Int>(
      BatchBufferTests.schedule, depth: 1 + random.index(below: 4, at: 1), budget: budget, imageBytes: 3)
    var working: [BatchBuffer<Int>.Ticket] = []
    var bytes: [Int: Int] = [:]
    var (taken, numbers) = (0, [Int]())
    for step in 2..<3000 {
      let action = random.index(below: 6, at: UInt64(step))
      if action == 5 {
        taken = 0
        if case .batch(let number, _, let images) = buffer.take() {
          taken = images.reduce(0, +)
          bytes[number] = nil
          numbers.append(number)
        }
      } else if action < working.count {
        let ticket = working.remove(at: action)
        let size = 1 + random.index(below: 3, at: UInt64(10_000 + step))
        _ = buffer.complete(ticket, with: size, bytes: size)
        bytes[ticket.batch, default: 0] += size - 3
      } else if working.count < 5, let ticket = BatchBufferTests.ticket(buffer.claim()) {
        working.append(ticket)
        bytes[ticket.batch, default: 0] += 3
        let held = taken + bytes.values.reduce(0, +)
        #expect(held <= budget || (taken == 0 && bytes.keys.allSatisfy { $0 == ticket.batch }), "\(held) of \(budget)")
      }
    }
    #expect(numbers == Array(0..<6))
  }
}

@Suite struct BatchScheduleTests {
  @Test func numbersBatchesThroughTheEpochs() {
    let schedule = BatchBufferTests.schedule
    #expect(schedule.batchesPerEpoch == 3)
    #expect(schedule.batches == 6)
    for number in 0..<6 {
      let position = schedule.position(of: number)
      #expect(position == BatchPosition(epoch: number / 3, batch: number % 3))
      #expect(schedule.number(of: position) == number)
    }
  }

  @Test func validatesEachExampleOnceInOrder() {
    let schedule = BatchSchedule.once(count: 5, batchSize: 2)
    #expect(schedule.batches == 3)
    #expect(schedule.order == .sequential)
  }
}
