import Synchronization
import Testing
import Workers

@Suite struct TeamTests {
  @Test(arguments: [1, 2, 3, 8])
  func runsEveryItemOnce(threads: Int) {
    let team = Team(threads: threads)
    let items = 257
    // Not a Mutex: ThreadSanitizer does not know how it excludes, and would see a race.
    let counts = Monitor([Int](repeating: 0, count: items))
    for _ in 0..<200 {
      team.run(items) { item, worker in
        counts.change { $0[item] += 1 }
        precondition(worker >= 0 && worker < threads)
      }
    }
    #expect(counts.change { $0 } == [Int](repeating: 200, count: items))
  }

  @Test func aWorkerNeverRunsTwoItemsAtOnce() {
    let team = Team(threads: 4)
    let inside = Monitor([Bool](repeating: false, count: 4))
    let clashes = Atomic<Int>(0)
    for _ in 0..<50 {
      team.run(64) { _, worker in
        let clash = inside.change {
          let was = $0[worker]; $0[worker] = true; return was
        }
        if clash { clashes.add(1, ordering: .relaxed) }
        inside.change { $0[worker] = false }
      }
    }
    #expect(clashes.load(ordering: .relaxed) == 0)
  }

  @Test func nothingToDoReturns() {
    Team(threads: 2).run(0) { _, _ in Issue.record("no item was asked for") }
  }

  @Test func teamsComeAndGo() {
    for _ in 0..<100 {
      let total = Atomic<Int>(0)
      Team(threads: 3).run(10) { item, _ in total.add(item, ordering: .relaxed) }
      #expect(total.load(ordering: .relaxed) == 45)
    }
  }
}

@Suite struct HeartbeatTests {
  @Test func countsTheTicksOfAllThreads() {
    let heartbeat = Heartbeat()
    Team(threads: 4).run(1000) { _, _ in heartbeat.tick() }
    #expect(heartbeat.count == 1000)
  }

  @Test(arguments: [1, 3])
  func aTeamTicksOnceItsWorkIsDone(threads: Int) {
    let heartbeat = Heartbeat()
    let team = Team(threads: threads, heartbeat: heartbeat)
    for piece in 0..<5 {
      team.run(7) { _, _ in #expect(heartbeat.count == piece) }
      #expect(heartbeat.count == piece + 1)
    }
  }
}
