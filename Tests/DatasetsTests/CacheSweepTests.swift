import Datasets
import Testing

@Suite struct CacheSweepTests {
  private func files(_ used: [Int64], bytes: Int = 100) -> [CacheSweep.File] {
    used.enumerated().map { CacheSweep.File(name: "\($0)", bytes: bytes, used: $1) }
  }

  @Test func leavesAloneWhatFits() {
    let sweep = CacheSweep(files([1, 2, 3]), adding: 100, limit: 3200, keepingSince: 9)
    #expect(sweep.removed.isEmpty)
    #expect(sweep.room == 200, "a sixteenth, so that others' additions are seen in time")
    #expect(CacheSweep([], adding: 300, limit: 3200, keepingSince: 9).room == 300, "and what is wanted now")
  }

  @Test func removesWhatWasOfUseLongestAgoDownToTheGoal() {
    // 1600 less a sixteenth is 1500: of seventeen files two must go.
    let used = (0..<17).map { Int64(100 - $0) }
    let sweep = CacheSweep(files(used), adding: 100, limit: 1600, keepingSince: 1000)
    #expect(sweep.removed == ["16", "15"])
    #expect(sweep.room == 100)
  }

  @Test func keepsWhatIsInUse() {
    let sweep = CacheSweep(files([50, 7, 51, 8]), adding: 100, limit: 250, keepingSince: 50)
    #expect(sweep.removed == ["1", "3"])
    #expect(sweep.room == 50)
    #expect(CacheSweep(files([50, 51, 52]), adding: 100, limit: 200, keepingSince: 50).removed.isEmpty)
  }

  @Test func neverHasRoomBeyondTheLimit() {
    for count in 0...20 {
      for limit in [0, 1, 150, 1000, 1999] {
        let all = files((0..<count).map(Int64.init))
        let sweep = CacheSweep(all, adding: 100, limit: limit, keepingSince: 10)
        let left = all.filter { !sweep.removed.contains($0.name) }
        #expect(sweep.room >= 0 && left.count * 100 + sweep.room <= max(limit, 100 * min(count, max(0, count - 10))))
        #expect(sweep.removed.allSatisfy { (Int($0) ?? .max) < 10 })
      }
    }
  }
}
