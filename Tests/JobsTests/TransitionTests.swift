import Jobs
import RunFiles
import Testing

/// Every state with every event, against a table written by hand.
struct TransitionTests {
  static let events: [(name: String, event: JobEvent)] = [
    ("start", .start),
    ("done", .ended(.done, checkpoint: 0)),
    ("interrupted", .ended(.interrupted, checkpoint: 0)),
    ("refused", .ended(.refused("bad data"), checkpoint: 0)),
    ("crashed", .ended(.crashed(.signal, "signal 11"), checkpoint: 0)),
    ("blocked", .ended(.blocked("no space"), checkpoint: 0)),
    ("unlaunched", .ended(.unlaunched("no such file"), checkpoint: 0)),
    ("unseen", .ended(.unseen, checkpoint: 0)),
    ("stalled", .stalled(seconds: 600)),
    ("due", .due),
    ("space", .spaceReturned),
    ("stop", .stop),
    ("cancel", .asked(.cancel)),
    ("hold", .asked(.hold)),
    ("release", .asked(.release)),
    ("retry", .asked(.retry)),
    ("reprioritize", .asked(.reprioritize(70))),
    ("undecided", .ended(.undecided("a checkpoint of a newer version"), checkpoint: 0)),
  ]

  /// A dash: the event makes no sense. A word after a slash: the order given. `^` launches, `!` terminates.
  static let table: [(state: JobState, after: [String])] = [
    (.queued, row("running^ - - - - - - - - - - - cancelled held - - queued -")),
    (
      .running(attempt: 2, order: nil),
      row(
        "- done deferred failed deferred deferred queued queued running/restart! - - running/requeue! running/cancel! "
          + "running/hold! - - running held")
    ),
    (
      .running(attempt: 2, order: .requeue),
      row(
        "- done queued failed queued queued queued queued - - - - running/cancel! running/hold! - - running/requeue held"
      )
    ),
    (
      .running(attempt: 2, order: .hold),
      row("- done held failed held held held held - - - - running/cancel! - - - running/hold held")
    ),
    (
      .running(attempt: 2, order: .cancel),
      row("- done cancelled failed cancelled cancelled cancelled cancelled - - - - - - - - running/cancel cancelled")
    ),
    (
      .running(attempt: 2, order: .restart),
      row(
        "- done deferred failed deferred deferred queued deferred - - - running/requeue! running/cancel! running/hold! "
          + "- - running/restart held")
    ),
    (.deferred(until: 50), row("- - - - - - - - - queued queued - cancelled held - queued deferred -")),
    (.held, row("- - - - - - - - - - - - cancelled - queued - held -")),
    (.done, row("- - - - - - - - - - - - - - - - - -")),
    (.failed(reason: "bad data"), row("- - - - - - - - - - - - - - - queued - -")),
    (.cancelled, row("- - - - - - - - - - - - - - - queued - -")),
    (.rejected, row("- - - - - - - - - - - - - - - - - -")),
  ]

  /// A trainer that says each time that it was interrupted, and that nobody interrupts.
  @Test func anInterruptionThatNobodyAskedForCountsAsACrash() throws {
    let policy = RetryPolicy(limit: 3, first: 5, longest: 100)
    var job = Job(id: JobID(sequence: 1, name: "a"), name: "a")
    var waits: [Double] = []
    while true {
      job = try job.after(.start, policy: policy, now: 0).job
      job = try job.after(.ended(.interrupted, checkpoint: 2), policy: policy, now: 0).job
      guard case .deferred(let until) = job.state else { break }
      waits.append(until)
      job = try job.after(.due, policy: policy, now: 0).job
    }
    guard case .failed(let reason) = job.state else {
      Issue.record("\(job.state)")
      return
    }
    #expect(waits == [5, 10] && reason.contains("nobody had"))
    // One that moves on may stop as often as it likes.
    var moving = Job(id: JobID(sequence: 1, name: "a"), name: "a")
    for checkpoint in 1...10 {
      moving = try moving.after(.start, policy: policy, now: 0).job
      moving = try moving.after(.ended(.interrupted, checkpoint: checkpoint), policy: policy, now: 0).job
      moving = try moving.after(.due, policy: policy, now: 0).job
    }
    #expect(moving.attempts == 10 && moving.crashes == 1)
  }

  static func row(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

  @Test(arguments: table)
  func everyEvent(state: JobState, after: [String]) throws {
    #expect(after.count == Self.events.count)
    let job = Job(id: JobID(sequence: 1, name: "a"), name: "a", state: state, attempts: 2, trouble: .space)
    for (expected, (name, event)) in zip(after, Self.events) {
      let transition = try? job.after(event, policy: .standard, now: 100)
      #expect(Self.outcome(transition) == expected, "\(state) on \(name)")
      #expect(transition?.job.priority ?? 50 == (name == "reprioritize" && expected != "-" ? 70 : 50))
      #expect(transition?.job.attempts ?? 2 == (expected == "running^" ? 3 : 2))
      #expect(transition?.reason.isEmpty != true)
    }
  }

  private static func outcome(_ transition: Transition?) -> String {
    guard let transition else { return "-" }
    let mark =
      switch transition.action {
      case .launch: "^"
      case .terminate: "!"
      case nil: ""
      }
    if case .running(_, let order?) = transition.job.state { return "running/\(order.rawValue)\(mark)" }
    return transition.job.state.folder.rawValue + mark
  }

  @Test func theTableHasEveryFolder() {
    #expect(Set(Self.table.map(\.state.folder)) == Set(StateFolder.allCases))
    let orders = Self.table.compactMap { if case .running(_, let order?) = $0.state { order } else { nil } }
    #expect(Set(orders) == Set(StandingOrder.allCases))
  }

  @Test func onlyAJobThatWaitsForSpaceGoesOnWhenThereIsSome() {
    let job = Job(id: JobID(sequence: 1, name: "a"), name: "a", state: .deferred(until: 50), trouble: .signal)
    #expect(throws: JobError.self) { try job.after(.spaceReturned, policy: .standard, now: 0) }
  }

  @Test func anEventOutOfPlaceIsToldInWords() {
    let job = Job(id: JobID(sequence: 7, name: "a"), name: "a", state: .done)
    let error = #expect(throws: JobError.self) { try job.after(.asked(.hold), policy: .standard, now: 0) }
    #expect(error?.description == "000007-a is done: it cannot be held")
  }

  @Test func aRefusalKeepsTheTrainersReason() throws {
    let job = Job(id: JobID(sequence: 1, name: "a"), name: "a", state: .running(attempt: 1, order: nil))
    let transition = try job.after(.ended(.refused("no images"), checkpoint: 0), policy: .standard, now: 0)
    #expect(transition.job.state == .failed(reason: "no images"))
  }
}

struct RetryTests {
  let policy = RetryPolicy(limit: 4, first: 5, longest: 15)

  @Test func waitsTwiceAsLongEachTimeUpToTheCap() {
    #expect((1...4).map { policy.delay(afterCrash: $0) } == [5, 10, 15, nil])
    #expect(RetryPolicy(limit: .max, first: 1, longest: 60).delay(afterCrash: 1_000_000) == 60)
  }

  /// Crashes one after the other; `checkpoints` holds the newest one's step at each.
  private func crash(_ checkpoints: [Int]) throws -> Job {
    var job = Job(id: JobID(sequence: 1, name: "a"), name: "a")
    for checkpoint in checkpoints {
      job = try job.after(.start, policy: policy, now: 0).job
      job = try job.after(.ended(.crashed(.signal, "signal 11"), checkpoint: checkpoint), policy: policy, now: 100).job
      if case .deferred = job.state { job = try job.after(.due, policy: policy, now: 200).job }
    }
    return job
  }

  @Test func givesUpAfterAFewCrashesInARow() throws {
    #expect(try crash([0, 0, 0]).state == .queued)
    #expect(
      try crash([0, 0, 0, 0]).state == .failed(reason: "crashed 4 times in a row; the last time: signal 11"))
    #expect(try crash([7, 7, 7, 7]).state.folder == .failed)
  }

  @Test func aJobThatMovesOnIsNeverGivenUp() throws {
    let job = try crash(Array(1...50))
    #expect(job.state == .queued)
    #expect(job.attempts == 50)
    #expect(job.crashes == 1)
  }

  @Test func aRetryByRequestBeginsTheCountAnew() throws {
    let failed = try crash([0, 0, 0, 0])
    #expect(try failed.after(.asked(.retry), policy: policy, now: 0).job.crashes == 0)
  }

  @Test func aWaitNeverExceedsTheLongestHoweverTheClockWasSet() {
    #expect(policy.remainder(until: 110, now: 100) == 10)
    #expect(policy.remainder(until: 100, now: 100) == 0)
    // Ten years forward, ten years back.
    #expect(policy.remainder(until: 110, now: 110 + 3.15e8) == 0)
    #expect(policy.remainder(until: 110, now: 110 - 3.15e8) == 0)
  }

  @Test func eachTroubleIsToldApart() throws {
    let running = Job(
      id: JobID(sequence: 1, name: "a"), name: "a", state: .running(attempt: 1, order: nil), attempts: 1)
    for trouble in [Trouble.crash, .signal, .memory] {
      let end = JobEvent.ended(.crashed(trouble, "so"), checkpoint: 0)
      #expect(try running.after(end, policy: policy, now: 0).job.trouble == trouble)
    }
    let hung = try running.after(.stalled(seconds: 600), policy: policy, now: 0).job
    #expect(try hung.after(.ended(.interrupted, checkpoint: 0), policy: policy, now: 0).job.trouble == .hang)
    let again = try crash([0]).after(.start, policy: policy, now: 0).job
    #expect(again.trouble == nil)
  }

  @Test func waitingForSpaceCountsNoCrashAndNeverEnds() throws {
    var job = Job(id: JobID(sequence: 1, name: "a"), name: "a")
    var waits: [Double] = []
    for _ in 1...10 {
      job = try job.after(.start, policy: policy, now: 0).job
      job = try job.after(.ended(.blocked("no space"), checkpoint: 0), policy: policy, now: 0).job
      if case .deferred(let until) = job.state { waits.append(until) }
      job = try job.after(.spaceReturned, policy: policy, now: 0).job
    }
    #expect(waits == [5, 10, 15, 15, 15, 15, 15, 15, 15, 15])
    #expect(job.crashes == 0)
    #expect(job.attempts == 10)
  }

  /// The daemon dies again and again while one job runs.
  @Test func aJobThatTakesTheDaemonWithItIsSetAside() throws {
    var job = Job(id: JobID(sequence: 1, name: "a"), name: "a")
    var states: [StateFolder] = []
    while states.last != .failed && states.count < 20 {
      job = try job.after(.start, policy: policy, now: 0).job
      job = try job.after(.ended(.unseen, checkpoint: 0), policy: policy, now: 0).job
      states.append(job.state.folder)
      if case .deferred = job.state { job = try job.after(.due, policy: policy, now: 0).job }
    }
    #expect(states == [.queued, .deferred, .deferred, .failed])
    #expect(job.trouble == .daemon)
  }

  @Test func aDaemonThatIsOnlyRestartedOftenFailsNoJobThatMovesOn() throws {
    var job = Job(id: JobID(sequence: 1, name: "a"), name: "a")
    for checkpoint in 1...50 {
      job = try job.after(.start, policy: policy, now: 0).job
      job = try job.after(.ended(.unseen, checkpoint: checkpoint), policy: policy, now: 0).job
      #expect(job.state == .queued)
    }
  }
}

struct QueueTests {
  private func job(_ sequence: Int, priority: Int, _ state: JobState = .queued) -> Job {
    Job(id: JobID(sequence: sequence, name: "a"), name: "a", priority: priority, state: state)
  }

  @Test func takesTheGreatestPriorityAndTheFirstInside() {
    let jobs = [job(3, priority: 50), job(1, priority: 50), job(2, priority: 10), job(9, priority: 90, .held)]
    #expect(jobs.next?.id.sequence == 1)
    #expect((jobs + [job(8, priority: 51)]).next?.id.sequence == 8)
    #expect([job(9, priority: 90, .held)].next == nil)
  }

  @Test(arguments: [
    ("Solar Cells (2)", "000042-solar-cells-2"), ("", "000042-job"), ("../../etc", "000042-etc"),
    ("Größe", "000042-gr-e"),
    ("a\n\u{0}b", "000042-a-b"),
  ])
  func anIDIsAFileName(name: String, expected: String) {
    let id = JobID(sequence: 42, name: name)
    #expect(id.description == expected)
    #expect(JobID(expected) == id)
  }

  @Test func anIDIsReadOnlyIfItIsOne() {
    #expect(JobID("1234567-a")?.sequence == 1_234_567)
    for text in [
      "42-a", "000042", "000042-", "000042-A", "000042-a-", "-00042-a", "0000042-a", "٠٠٠٠٤٢-a", "000042-a/b",
    ] {
      #expect(JobID(text) == nil, "\(text)")
    }
    #expect(JobID(sequence: 1, name: String(repeating: "x", count: 1000)).description.utf8.count < 100)
  }
}
