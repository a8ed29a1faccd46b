public import DurableFiles
public import Images
public import Workers

/// The images of a list of examples: read and decoded when asked for, and kept decoded, on disk if there is a cache, or
/// else in memory while the budget allows.
public final class ImageStore: Sendable {
  package typealias Load = @Sendable (_ path: String) throws(ImageError) -> ImagePlanes

  public let examples: [Example]
  private let memory: PlaneCache
  private let cache: ImageCache?
  private let load: Load
  private let heartbeat: Heartbeat

  /// - Parameters:
  ///   - budget: memory for decoded images that are not in the cache, shared by the stores of a run.
  ///   - heartbeat: ticks after each image, whether or not it can be used.
  public convenience init(
    _ examples: [Example], cache: ImageCache? = nil, budget: MemoryBudget, heartbeat: Heartbeat = Heartbeat()
  ) {
    self.init(examples, cache: cache, budget: budget, heartbeat: heartbeat) { path throws(ImageError) in
      try loadPlanes(path: path)
    }
  }

  package init(
    _ examples: [Example], cache: ImageCache? = nil, budget: MemoryBudget, heartbeat: Heartbeat = Heartbeat(),
    load: @escaping Load
  ) {
    self.examples = examples
    self.cache = cache
    self.heartbeat = heartbeat
    memory = PlaneCache(count: examples.count, budget: budget)
    self.load = load
  }

  /// The decoded image of an example. Any number of threads may ask at once.
  ///
  /// - Throws: `.skipped` with the reason when the file is missing, damaged, or a link out of its folder; `.failed` when
  ///   the disk did, which must not leave out an image that another attempt would use.
  public func planes(of index: Int) throws(ImageFailure) -> ImagePlanes {
    defer { heartbeat.tick() }
    if let planes = memory.planes(at: index) { return planes }
    let example = examples[index]
    func skipped(_ reason: String) -> ImageFailure {
      .skipped(SkippedImage(index: index, name: example.name, reason: reason))
    }
    guard let path = resolvedPath(example.path) else { throw skipped("no such file") }
    guard isBeneath(path, example.folder) else { throw skipped("a link that leaves the images folder") }
    do {
      let (planes, isOnDisk) = try planes(at: path)
      if !isOnDisk { memory.keep(planes, at: index) }
      return planes
    } catch .failed(let error) {
      throw .failed(error)
    } catch {
      throw skipped(error.description)
    }
  }

  private func planes(at path: String) throws(ImageError) -> (ImagePlanes, isOnDisk: Bool) {
    guard let cache else { return (try load(path), false) }
    return try cache.planes(of: path) { () throws(ImageError) in try load(path) }
  }
}

/// Why an image cannot be had.
public enum ImageFailure: Error, Equatable {
  /// Because of its file, now and later.
  case skipped(SkippedImage)
  /// For now.
  case failed(FileError)
}
