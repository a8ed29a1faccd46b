import RunFiles
import Supervision
import Testing

struct ProgressWatchTests {
  var watch = ProgressWatch(patience: 600, now: 100)

  private func progress(_ state: Progress.State = .training, step: Int) -> Progress {
    Progress(state: state, epoch: 1, epochs: 2, step: step, steps: 100)
  }

  @Test mutating func aTrainerThatSaysNothingIsHungAfterItsTime() {
    watch.saw(nil, now: 699)
    #expect(!watch.isStalled(now: 699.9))
    #expect(watch.isStalled(now: 700))
  }

  @Test mutating func everyStepGivesItTheWholeTimeAgain() {
    for step in 1...5 {
      let now = 100 + Double(step) * 500
      watch.saw(progress(step: step), now: now)
      #expect(!watch.isStalled(now: now + 599))
    }
    #expect(watch.deadline == 3200)
  }

  /// The figures of a hung trainer's loss may be written again and again.
  @Test mutating func theSameStepIsNoProgress() {
    watch.saw(progress(step: 1), now: 200)
    var again = progress(step: 1)
    again.loss = 0.5
    again.imagesPerSecond = 99
    watch.saw(again, now: 790)
    #expect(watch.isStalled(now: 800))
  }

  @Test mutating func anotherKindOfWorkIsProgress() {
    watch.saw(progress(.preparing, step: 0), now: 100)
    watch.saw(progress(.training, step: 0), now: 690)
    watch.saw(progress(.validating, step: 0), now: 1280)
    #expect(!watch.isStalled(now: 1870))
  }

  /// The daemon was stopped for an hour, the trainer was not.
  @Test mutating func whoLooksAwayBlamesNobody() {
    watch.saw(progress(step: 1), now: 200)
    watch.saw(progress(step: 900), now: 3800)
    #expect(!watch.isStalled(now: 3800))
  }

  /// A long validation is not a hang.
  @Test mutating func aBatchOfTheValidationIsProgress() {
    var seen = progress(.validating, step: 5)
    watch.saw(seen, now: 1000)
    seen.validated = 1
    watch.saw(seen, now: 1599)
    #expect(!watch.isStalled(now: 1700))
  }
}
