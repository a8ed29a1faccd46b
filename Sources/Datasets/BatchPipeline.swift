public import Images
import Workers

/// The images of one optimizer step, decoded and augmented.
public struct Batch: Sendable {
  /// Where it stands in the run.
  public var position: BatchPosition
  /// Indices into the examples of the store, in the order of the schedule. Skipped images are missing here and in the
  /// next arrays, which have one element an image.
  public var examples: [Int]
  public var images: [ImagePlanes]
  public var notes: [ImageNotes]
  public var targets: [Float]
  public var weights: [Float]
  /// Nil for an image that is not mixed with another.
  public var mixtures: [Mixture?]
  /// The images that this batch found to be bad. Images known to be bad before are left out without a mention.
  public var skipped: [SkippedImage]
}

/// Decodes the batches of a schedule on threads of its own while training runs, and hands them over in order.
///
/// What is in a batch, and how each image is shown, is decided by the schedule before anything is decoded: neither the
/// number of threads nor their speed can change it. An image that cannot be used is left out of its batch; no other
/// takes its place, so that every other batch stays as it is. A batch may be empty if all its images are bad. Once left
/// out, an image stays out, even if its file is repaired meanwhile: what a batch holds must not depend on whether the
/// run was interrupted.
///
/// At most `depth` batches are decoded ahead, and the images that are decoded ahead or in training take no more bytes than
/// a budget; decoders then sleep until a batch is taken. A single batch may exceed the budget, and is then alone.
public final class BatchPipeline: Sendable {
  private enum Decoded {
    case whole(LoadedImage)
    case bad(ImageFailure)
    case knownToBeBad

    var bytes: Int { if case .whole(let image) = self { image.planes.planes.count } else { 0 } }
  }

  private struct Line {
    var buffer: BatchBuffer<Decoded>
    var decoders = 0
    var ledger: SkipLedger
    /// What the store measures is not in it.
    var times = PipelineTimes()
  }

  private let images: ImageStore
  private let schedule: BatchSchedule
  private let line: Monitor<Line>
  /// What the store had measured before.
  private let storeTimes: PipelineTimes

  /// - Parameters:
  ///   - start: the first batch to hand over, for a run that is resumed.
  ///   - ledger: the images known to be bad; they are not opened.
  ///   - depth: decoded batches ahead of training; at least 1.
  ///   - budget: bytes for the images that are decoded ahead, and for those in training.
  ///   - threads: the number of decoder threads. If there are none, as when the system cannot start one, `next`
  ///     decodes.
  public init(
    _ images: ImageStore, schedule: BatchSchedule, from start: BatchPosition = .start, ledger: SkipLedger,
    depth: Int = 4, budget: Int = standardBudget, threads: Int
  ) {
    self.images = images
    self.schedule = schedule
    storeTimes = images.times
    let buffer = BatchBuffer<Decoded>(
      schedule, from: schedule.number(of: start), depth: depth, budget: budget,
      imageBytes: 3 * ImagePlanes.planeSize)
    line = Monitor(Line(buffer: buffer, ledger: ledger))
    for _ in 0..<max(threads, 0) {
      line.change { $0.decoders += 1 }
      let hasStarted = startThread { [images, line] in
        while Self.decodeOne(of: images, line) {}
        line.change { $0.decoders -= 1 }
        line.wakeAll()
      }
      if !hasStarted { line.change { $0.decoders -= 1 } }
    }
  }

  /// In bytes: 1 GiB (5,461 colour images), or an eighth of the memory that the process may use if that is less.
  public static let standardBudget = min(1 << 30, memoryLimit() / 8)

  deinit { cancel() }

  /// All images skipped so far, those known at the start included.
  public var ledger: SkipLedger { line.change { $0.ledger } }

  /// Who waited for whom so far. Other pipelines of the same store, at the same time, are measured as if they were this one.
  public var times: PipelineTimes { line.change { $0.times } + images.times - storeTimes }

  /// The number of decoder threads that have not ended.
  package var decoders: Int { line.change { $0.decoders } }

  /// The next batch, or nil after the last one and after `cancel`. Waits for the decoders. Only one thread may call
  /// this at a time, and it must no longer hold the batch before, whose bytes count as free from now on.
  ///
  /// - Throws: `.tooManySkipped` and `.noneUsable` when more images are bad than the ledger allows; `.file` or
  ///   `.unavailable` when the disk fails or memory is short, which says nothing about an image. After an error the
  ///   pipeline has ended.
  public func next() throws(DatasetError) -> Batch? {
    let watch = Stopwatch()
    defer { line.change { $0.times.waiting += watch.seconds } }
    if line.change({ $0.buffer.release() }) { line.wakeAll() }
    while true {
      let taking = line.wait { line -> BatchBuffer<Decoded>.Taking? in
        let taking = line.buffer.take()
        if case .wait = taking, line.decoders > 0 { return nil }
        return taking
      }
      switch taking {
      case .end: return nil
      case .wait: _ = Self.decodeOne(of: images, line)
      case .batch(let number, let examples, let decoded):
        line.wakeAll()
        return try batch(number, examples, decoded)
      }
    }
  }

  /// Ends the pipeline and returns when no thread of it runs any more.
  public func cancel() {
    line.change { $0.buffer.cancel() }
    line.wakeAll()
    line.wait { $0.decoders == 0 ? () : nil }
  }

  /// Waits for an image to decode, and decodes it.
  ///
  /// - Returns: false when there is none left.
  private static func decodeOne(of images: ImageStore, _ line: Monitor<Line>) -> Bool {
    let rest = Stopwatch()
    let work = line.wait { line -> (claim: BatchBuffer<Decoded>.Claim, isKnownBad: Bool)? in
      let claim = line.buffer.claim()
      switch claim {
      case .wait: return nil
      case .decode(let ticket): return (claim, line.ledger.contains(ticket.example))
      case .stop: return (claim, false)
      }
    }
    guard case .decode(let ticket) = work.claim else { return false }
    var times = PipelineTimes()
    times.idle = rest.seconds
    let watch = Stopwatch()
    let decoded = work.isKnownBad ? .knownToBeBad : decode(ticket, of: images, &times)
    times.busy = watch.seconds
    let completion = line.change { line in
      line.times = line.times + times
      return line.buffer.complete(ticket, with: decoded, bytes: decoded.bytes)
    }
    if completion != .nothing { line.wakeAll() }
    return true
  }

  private static func decode(
    _ ticket: BatchBuffer<Decoded>.Ticket, of images: ImageStore, _ times: inout PipelineTimes
  ) -> Decoded {
    do {
      var image = try images.image(of: ticket.example)
      let watch = Stopwatch()
      defer { times.changing = watch.seconds }
      image.planes = ticket.view.applied(to: image.planes)
      return .whole(image)
    } catch {
      return .bad(error)
    }
  }

  private func batch(_ number: Int, _ examples: [Int], _ decoded: [Decoded]) throws(DatasetError) -> Batch {
    var batch = Batch(
      position: schedule.position(of: number), examples: [], images: [], notes: [], targets: [], weights: [],
      mixtures: [], skipped: [])
    var places: [Int] = []
    for (place, (index, result)) in zip(examples, decoded).enumerated() {
      switch result {
      case .knownToBeBad: continue
      case .whole(let image):
        // A batch of the epoch before may have entered the image in the ledger after it was decoded for this batch.
        guard !line.change({ $0.ledger.contains(index) }) else { continue }
        batch.examples.append(index)
        batch.images.append(image.planes)
        batch.notes.append(image.notes)
        batch.targets.append(images.examples[index].target)
        batch.weights.append(images.examples[index].weight)
        places.append(place)
      case .bad(.skipped(let image)):
        if try record(image) { batch.skipped.append(image) }
      case .bad(.failed(let error)):
        cancel()
        throw error
      }
    }
    batch.mix(as: schedule, places: places, of: examples.count)
    return batch
  }

  private func record(_ image: SkippedImage) throws(DatasetError) -> Bool {
    do {
      return try line.change { line throws(DatasetError) in try line.ledger.record(image) }
    } catch {
      cancel()
      throw error
    }
  }
}
