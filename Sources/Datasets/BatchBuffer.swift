/// The bounded buffer between the decoder threads and training, as a pure state machine: it decides, and its owner
/// (`BatchPipeline`) locks, waits and wakes.
///
/// Decoders claim images one by one in the schedule's order, from the next `depth` batches alone. Each image has its
/// place in its batch before it is decoded, so the order in which decoders finish does not matter.
///
/// The images that are decoded, being decoded or used by training take together no more than a budget in bytes. Only
/// the batch that training waits for may exceed it, because nothing could go on without that batch.
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
    /// The buffer is full: ask again after a batch was taken or released.
    case wait
    /// There is nothing left to decode, ever.
    case stop
  }

  package enum Completion: Equatable {
    case nothing
    /// The batch that training waits for is complete.
    case wakeTaker
    /// There is room for another image.
    case wakeDecoders
  }

  package enum Taking {
    /// The next batch, complete. Decoders that wait may go on.
    case batch(number: Int, examples: [Int], images: [Image])
    /// The next batch is being decoded.
    case wait
    case end
  }

  private struct OpenBatch {
    var examples: [Int]
    var images: [Image?]
    var missing: Int
    var bytes = 0
  }

  private let schedule: BatchSchedule
  private let depth: Int
  private let budget: Int
  private let imageBytes: Int
  /// The batch to be taken next.
  private var head: Int
  /// Batches from `head` on that decoders have begun; never more than `depth`.
  private var open: [OpenBatch] = []
  /// How many images of the last open batch have been claimed.
  private var claimed = 0
  /// Bytes of the open batches and of the batch that was taken last.
  private var held = 0
  /// Bytes of the batch that was taken last; 0 once it is released.
  private var taken = 0
  /// The order of the epoch that the last open batch belongs to, kept so that it is computed once.
  private var visits: (epoch: Int, examples: [Int]) = (-1, [])
  private var isCancelled = false

  /// - Parameters:
  ///   - budget: in bytes.
  ///   - imageBytes: the most that one image can take, in bytes. An image that is being decoded counts as this much.
  package init(_ schedule: BatchSchedule, from start: Int = 0, depth: Int, budget: Int = .max, imageBytes: Int = 0) {
    self.schedule = schedule
    self.depth = max(depth, 1)
    self.budget = budget
    self.imageBytes = imageBytes
    head = max(start, 0)
  }

  package mutating func claim() -> Claim {
    guard !isCancelled else { return .stop }
    let isBatchClaimed = claimed == open.last?.examples.count ?? 0
    if isBatchClaimed {
      guard head + open.count < schedule.batches else { return .stop }
      guard open.count < depth else { return .wait }
    }
    let isForHead = open.count + (isBatchClaimed ? 1 : 0) == 1
    guard held <= budget - imageBytes || (isForHead && taken == 0) else { return .wait }
    if isBatchClaimed { openNextBatch() }
    let last = open.count - 1
    held += imageBytes
    open[last].bytes += imageBytes
    defer { claimed += 1 }
    let example = open[last].examples[claimed]
    return .decode(
      Ticket(
        batch: head + last, place: claimed, example: example,
        view: schedule.view(of: example, inEpoch: schedule.position(of: head + last).epoch)))
  }

  /// - Parameter bytes: what the image takes; nil for `imageBytes`.
  package mutating func complete(_ ticket: Ticket, with image: Image, bytes: Int? = nil) -> Completion {
    let index = ticket.batch - head
    guard !isCancelled, open.indices.contains(index), open[index].images[ticket.place] == nil else { return .nothing }
    open[index].images[ticket.place] = image
    open[index].missing -= 1
    let wasFull = held > budget - imageBytes
    let spared = imageBytes - (bytes ?? imageBytes)
    open[index].bytes -= spared
    held -= spared
    if index == 0 && open[index].missing == 0 { return .wakeTaker }
    return wasFull && held <= budget - imageBytes ? .wakeDecoders : .nothing
  }

  /// Releases the batch that was taken before, and takes the next.
  package mutating func take() -> Taking {
    release()
    guard !isCancelled, head < schedule.batches else { return .end }
    guard let first = open.first, first.missing == 0 else { return .wait }
    open.removeFirst()
    if open.isEmpty { claimed = 0 }
    head += 1
    taken = first.bytes
    return .batch(number: head - 1, examples: first.examples, images: first.images.compactMap { $0 })
  }

  /// Notes that the batch which was taken last is no longer in use.
  ///
  /// - Returns: whether that makes room.
  @discardableResult
  package mutating func release() -> Bool {
    defer { taken = 0 }
    held -= taken
    return taken > 0
  }

  /// Ends the buffer: nothing is handed out any more, and decoded images are dropped.
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
