/// The bounded buffer between decoders and training, as a state machine: it decides, and its owner acts.
///
/// Decoders claim images one by one in the schedule's order, and work only on the `depth` batches that come next; who
/// finishes first does not matter, because an image has its place before it is decoded.
package struct BatchBuffer<Image> {
  /// One image to decode.
  package struct Ticket: Equatable {
    /// The batch, numbered through all epochs.
    package var batch: Int
    /// The place in the batch.
    package var place: Int
    package var example: Int
    package var view: ImageView
  }

  package enum Claim {
    case decode(Ticket)
    /// The buffer is full: ask again after a batch was taken.
    case wait
    /// There is nothing left to decode, ever.
    case stop
  }

  package enum Completion: Equatable {
    case nothing
    /// The batch that training waits for is complete.
    case wakeTaker
  }

  package enum Taking {
    /// A batch whole, in order; decoders that wait may go on.
    case batch(number: Int, examples: [Int], images: [Image])
    /// The next batch is being decoded.
    case wait
    case end
  }

  private struct OpenBatch {
    var examples: [Int]
    var images: [Image?]
    var missing: Int
  }

  private let schedule: BatchSchedule
  private let depth: Int
  /// The batch to be taken next.
  private var head: Int
  /// Batches from `head` on that decoders have begun; never more than `depth`.
  private var open: [OpenBatch] = []
  /// Images of the last open batch that are claimed.
  private var claimed = 0
  private var visits: (epoch: Int, examples: [Int]) = (-1, [])
  private var isCancelled = false

  package init(_ schedule: BatchSchedule, from start: Int = 0, depth: Int) {
    self.schedule = schedule
    self.depth = max(depth, 1)
    head = max(start, 0)
  }

  package mutating func claim() -> Claim {
    guard !isCancelled else { return .stop }
    if claimed == open.last?.examples.count ?? 0 {
      guard head + open.count < schedule.batches else { return .stop }
      guard open.count < depth else { return .wait }
      openNextBatch()
    }
    let batch = head + open.count - 1
    let example = open[open.count - 1].examples[claimed]
    defer { claimed += 1 }
    return .decode(
      Ticket(
        batch: batch, place: claimed, example: example,
        view: schedule.view(of: example, inEpoch: schedule.position(of: batch).epoch)))
  }

  package mutating func complete(_ ticket: Ticket, with image: Image) -> Completion {
    let index = ticket.batch - head
    guard !isCancelled, open.indices.contains(index), open[index].images[ticket.place] == nil else { return .nothing }
    open[index].images[ticket.place] = image
    open[index].missing -= 1
    return index == 0 && open[index].missing == 0 ? .wakeTaker : .nothing
  }

  package mutating func take() -> Taking {
    guard !isCancelled, head < schedule.batches else { return .end }
    guard let first = open.first, first.missing == 0 else { return .wait }
    open.removeFirst()
    if open.isEmpty { claimed = 0 }
    head += 1
    return .batch(number: head - 1, examples: first.examples, images: first.images.compactMap { $0 })
  }

  /// Nothing is handed out from here on, and what was decoded is let go.
  package mutating func cancel() {
    isCancelled = true
    open = []
  }

  private mutating func openNextBatch() {
    let batch = head + open.count
    let epoch = schedule.position(of: batch).epoch
    if visits.epoch != epoch { visits = (epoch, schedule.visits(inEpoch: epoch)) }
    let examples = Array(visits.examples[schedule.places(of: batch)])
    open.append(
      OpenBatch(examples: examples, images: Array(repeating: nil, count: examples.count), missing: examples.count))
    claimed = 0
  }
}
