import Glibc
public import Images
import Synchronization
public import Workers

/// The images of a list of examples, decoded when they are asked for. Decoded images are kept in the cache on disk;
/// those that cannot be kept there, or all if there is no cache, in memory while the budget allows.
public final class ImageStore: Sendable {
  package typealias Load = @Sendable (_ path: String) throws(ImageError) -> LoadedImage
  package typealias Resolve = @Sendable (_ path: String) throws(DatasetError) -> String?

  public let examples: [Example]
  /// The part that the examples belong to; nil if they are not divided into parts.
  public let part: Part?
  private let memory: PlaneCache
  private let cache: ImageCache?
  private let missing: MissingImages
  private let resolve: Resolve
  private let load: Load
  private let heartbeat: Heartbeat
  private let reading: ImageReading
  private let access: DataAccess
  private let leavesUnreadableOut: Bool
  private let unreadable = Mutex<Set<Int>>([])
  /// What loading took, and the cache beside it.
  private let meter: LoadMeter
  private let caching = Atomic<Int>(0)

  /// - Parameters:
  ///   - reading: how the files become squares.
  ///   - access: where links may lead, beside the images' own folders.
  ///   - budget: memory for decoded images that are not in the cache, shared by the stores of a run.
  ///   - heartbeat: ticks after each image, whether or not it can be used.
  ///   - leavesUnreadableOut: a file that cannot be read now is skipped as a bad one is. A set that is trained on would not
  ///     be the same without it; of images that are looked at one by one, the others are wanted all the same.
  public convenience init(
    _ examples: [Example], of part: Part? = nil, as reading: ImageReading = ImageReading(),
    within access: DataAccess = .none, cache: ImageCache? = nil, budget: MemoryBudget,
    heartbeat: Heartbeat = Heartbeat(), leavesUnreadableOut: Bool = false
  ) {
    let meter = LoadMeter()
    self.init(
      examples, of: part, as: reading, within: access, cache: cache, budget: budget, heartbeat: heartbeat,
      leavesUnreadableOut: leavesUnreadableOut, meter: meter,
      load: { path throws(ImageError) in try loadPlanes(path: path, as: reading, meter: meter) })
  }

  package init(
    _ examples: [Example], of part: Part? = nil, as reading: ImageReading = ImageReading(),
    within access: DataAccess = .none, cache: ImageCache? = nil, budget: MemoryBudget,
    heartbeat: Heartbeat = Heartbeat(), leavesUnreadableOut: Bool = false, meter: LoadMeter = LoadMeter(),
    resolve: @escaping Resolve = { path throws(DatasetError) in try resolvedPath(path) }, load: @escaping Load
  ) {
    self.examples = examples
    self.part = part
    self.reading = reading
    self.access = access
    self.cache = cache
    self.heartbeat = heartbeat
    self.leavesUnreadableOut = leavesUnreadableOut
    self.meter = meter
    memory = PlaneCache(count: examples.count, budget: budget)
    missing = MissingImages(examples.lazy.map(\.folder))
    self.resolve = resolve
    self.load = load
  }

  /// The decoded image of an example. Any number of threads may ask at once.
  ///
  /// - Throws: `.skipped` with the reason when the file system says that there is no such file, when the bytes that
  ///   were read are no image, or when the name is a link out of its folder. Otherwise `.failed`: disk, network, memory
  ///   or permissions are in trouble, and another attempt may read the image.
  public func image(of index: Int) throws(ImageFailure) -> LoadedImage {
    defer { heartbeat.tick() }
    do { return try wantedImage(of: index) } catch {
      guard leavesUnreadableOut, case .failed(let cause) = error else { throw error }
      _ = unreadable.withLock { $0.insert(index) }
      throw .skipped(SkippedImage(index: index, part: part, name: examples[index].name, reason: "\(cause)"))
    }
  }

  /// Whether an example was skipped because its file could not be read now.
  package func couldNotRead(_ index: Int) -> Bool { unreadable.withLock { $0.contains(index) } }

  private func wantedImage(of index: Int) throws(ImageFailure) -> LoadedImage {
    if let image = memory.image(at: index) { return image }
    let trouble: Trouble
    do { return try read(index) } catch { trouble = error }
    guard trouble == .absent || trouble == .image(.missing) else { throw failure(trouble, of: index) }
    do { try missing.requireFolder(examples[index].folder) } catch { throw .failed(error) }
    guard trouble == .absent else { throw failure(trouble, of: index) }
    // The disk may have been mounted again between the two looks, so the image is read once more.
    do { return try read(index) } catch { throw failure(error, of: index) }
  }

  /// What all of this took so far: reading, decoding, and the cache.
  var times: PipelineTimes {
    var times = PipelineTimes()
    times.reading = meter.reading
    times.decoding = meter.decoding
    times.caching = Double(caching.load(ordering: .relaxed)) / 1e9
    return times
  }

  private enum Trouble: Error, Equatable {
    /// Nothing stands at the path.
    case absent
    case image(ImageError)
    case path(DatasetError)
    /// The path leads to where no data may lie.
    case leaves
  }

  private func read(_ index: Int) throws(Trouble) -> LoadedImage {
    let example = examples[index]
    let found: String?
    do { found = try resolve(example.path) } catch { throw .path(error) }
    guard let path = found else { throw .absent }
    guard isBeneath(path, example.folder) || access.allows(path) else { throw .leaves }
    do {
      let (image, isOnDisk) = try image(at: path)
      if !isOnDisk { memory.keep(image, at: index) }
      return image
    } catch {
      throw .image(error)
    }
  }

  private func image(at path: String) throws(ImageError) -> (LoadedImage, isOnDisk: Bool) {
    guard let cache else { return (try load(path), false) }
    let watch = Stopwatch()
    var loading = 0.0
    defer { caching.add(Int(1e9 * (watch.seconds - loading)), ordering: .relaxed) }
    return try cache.image(of: path, as: reading) { () throws(ImageError) in
      let watch = Stopwatch()
      defer { loading = watch.seconds }
      return try load(path)
    }
  }

  private func failure(_ trouble: Trouble, of index: Int) -> ImageFailure {
    let example = examples[index]
    let reason: String
    switch trouble {
    case .path(let error) where error.kind != .permanent: return .failed(error)
    case .image(.failed(let error)): return .failed(DatasetError(error))
    case .image(.noMemory): return .failed(.file(.system(operation: "decode", path: example.path, code: ENOMEM)))
    case .path(let error): reason = error.description
    case .absent, .image(.missing): reason = missing.reason(name: example.name, in: example.folder)
    case .image(let error): reason = error.description
    case .leaves: reason = "a link that leaves the images folder and the data roots"
    }
    return .skipped(SkippedImage(index: index, part: part, name: example.name, reason: reason))
  }
}

/// Why an image cannot be used.
public enum ImageFailure: Error, Equatable {
  /// The file is bad, now and later.
  case skipped(SkippedImage)
  /// The file could not be read now, and may be good.
  case failed(DatasetError)
}
