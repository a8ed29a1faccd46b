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

  private func beating(_ state: Progress.State, _ beat: Int) -> Progress {
    var seen = progress(state, step: 5)
    seen.beat = beat
    return seen
  }

  private static let states: [Progress.State] = [.preparing, .training, .validating, .testing, .saving]

  /// A first look at a million images makes no step for an hour.
  @Test(arguments: states)
  mutating func aBeatIsProgressInEveryState(state: Progress.State) {
    for minute in 1...60 {
      let now = 100 + 60 * Double(minute)
      watch.saw(beating(state, minute), now: now)
      #expect(!watch.isStalled(now: now + 599))
    }
  }

  @Test(arguments: states)
  mutating func aTrainerThatHangsIsFoundInEveryState(state: Progress.State) {
    watch.saw(beating(state, 7), now: 200)
    watch.saw(beating(state, 7), now: 790)
    #expect(!watch.isStalled(now: 799))
    #expect(watch.isStalled(now: 800))
  }

  /// A trainer that counts its work is taken at its count: another step without another beat is no work.
  @Test mutating func whoHasABeatIsJudgedByItAlone() {
    watch.saw(beating(.training, 7), now: 200)
    var seen = beating(.validating, 7)
    seen.step = 6
    seen.validated = 3
    watch.saw(seen, now: 700)
    #expect(watch.isStalled(now: 800))
  }
}
