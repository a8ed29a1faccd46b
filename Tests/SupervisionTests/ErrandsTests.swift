import Glibc
import Supervision
import Synchronization
import Testing

struct ErrandsTests {
  let errands: Errands

  init() throws { errands = try Errands() }

  /// Delivers until there is nothing under way.
  private func finish() {
    while errands.underway > 0 {
      _ = waitForAny(of: [errands.descriptor], timeout: 60)
      errands.deliver()
    }
  }

  @Test func areDoneAndToldInTheirOrder() {
    let done = Mutex<[Int]>([])
    var told: [Int] = []
    for number in 0..<100 {
      errands.run {
        done.withLock { $0.append(number) }
        return number
      } then: {
        told.append($0)
      }
    }
    finish()
    #expect(done.withLock { $0 } == Array(0..<100))
    #expect(told == Array(0..<100))
  }

  /// An errand that hangs holds up the next ones, and nobody else.
  @Test func theLoopGoesOnWhileOneTakesLong() throws {
    let gate = try Bell()
    var told: [String] = []
    errands.run {
      _ = waitForAny(of: [gate.descriptor], timeout: 60)
    } then: {
      told.append("slow")
    }
    errands.run {
    } then: {
      told.append("next")
    }
    #expect(waitForAny(of: [errands.descriptor], timeout: 0.1).isEmpty)
    errands.deliver()
    #expect(told.isEmpty && errands.underway == 2)
    gate.ring()
    finish()
    #expect(told == ["slow", "next"])
  }

  @Test func anotherMayBeGivenWhenOneIsTold() {
    var told: [Int] = []
    errands.run {
      1
    } then: { [self] first in
      told.append(first)
      errands.run {
        2
      } then: {
        told.append($0)
      }
    }
    finish()
    #expect(told == [1, 2])
  }
}

struct BellTests {
  @Test func severalRingsAreOneUntilSomebodyHears() throws {
    let bell = try Bell()
    #expect(waitForAny(of: [bell.descriptor], timeout: 0).isEmpty)
    for _ in 0..<3 { bell.ring() }
    #expect(waitForAny(of: [bell.descriptor], timeout: 60) == [bell.descriptor])
    bell.silence()
    #expect(waitForAny(of: [bell.descriptor], timeout: 0).isEmpty)
  }
}
