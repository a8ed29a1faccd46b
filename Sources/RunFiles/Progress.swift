public import DurableFiles
import Foundation

/// progress.json: where a run is. Its reader is another process, which may look at any time.
public struct Progress: Sendable, Equatable {
  public enum State: String, Sendable, Codable {
    /// `preparing` is everything before the first step; the next four take turns; the last three are ends.
    case preparing, training, validating, testing, saving, interrupted, done, failed
  }

  public var state: State
  /// The epoch under way, from 1.
  public var epoch: Int
  public var epochs: Int
  public var step: Int
  /// All steps of the whole run.
  public var steps: Int
  /// Batches done of the validation under way, or of the last one.
  public var validated = 0
  /// How much work has been done so far, of whatever kind: the `Heartbeat`'s count. It rises as long as the trainer
  /// works, in every state, and nobody can tell from it how far the run is. Nil from a trainer that does not count.
  public var beat: Int?
  /// While preparing: images looked at, and how many there are to look at; nil if none have to be.
  public var prepared: Int?
  public var toPrepare: Int?
  /// Bytes of decoded images in the cache that the trainer uses, as far as it knows; nil if it has not looked.
  public var cacheBytes: Int?
  /// Smoothed; nil before the first step.
  public var loss: Double?
  public var imagesPerSecond: Double
  /// Nil as long as there is nothing to judge by.
  public var secondsLeft: Int?
  /// Where it is trained, and by which version of Kiln, in words: of the last attempt. Nil from a trainer that does not say.
  public var machine: String?
  public var version: String?

  public init(
    state: State, epoch: Int, epochs: Int, step: Int, steps: Int, loss: Double? = nil,
    imagesPerSecond: Double = 0, secondsLeft: Int? = nil
  ) {
    self.state = state
    self.epoch = epoch
    self.epochs = epochs
    self.step = step
    self.steps = steps
    self.loss = loss
    self.imagesPerSecond = imagesPerSecond
    self.secondsLeft = secondsLeft
  }

  /// Replaces the file at `path` at once; nobody sees a part of it. Not synced: it is rewritten every second.
  public func publish(to path: String) throws(FileError) {
    try DurableFiles.publish(json + "\n", to: path, .atomic)
  }

  /// What the file at `path` says.
  public init(contentsOf path: String) throws(MetricsError) {
    let bytes: [UInt8]
    do {
      bytes = try readFile(path, limit: 1 << 16)
    } catch {
      throw .file(error)
    }
    do {
      self = try JSONDecoder().decode(Progress.self, from: Data(bytes))
    } catch {
      throw .malformed(path: path, reason: "it is not a progress record")
    }
  }
}

extension Progress: Decodable {
  public var json: String {
    var json = FlatJSON()
    json.add("epoch", epoch)
    json.add("epochs", epochs)
    json.add("step", step)
    json.add("steps", steps)
    json.add("validated", validated)
    json.add("beat", beat)
    json.add("prepared", prepared)
    json.add("toPrepare", toPrepare)
    json.add("cacheBytes", cacheBytes)
    json.add("loss", loss)
    json.add("imagesPerSecond", imagesPerSecond)
    json.add("secondsLeft", secondsLeft)
    if let machine { json.add("machine", text: machine) }
    if let version { json.add("version", text: version) }
    json.add("state", word: state)
    return json.text
  }

  public init(from decoder: any Decoder) throws {
    let record = try decoder.container(keyedBy: Key.self)
    self.init(
      state: try record.decode(State.self, forKey: Key(stringValue: "state")),
      epoch: try record.integer("epoch"), epochs: try record.integer("epochs"),
      step: try record.integer("step"), steps: try record.integer("steps"),
      loss: try record.optionalNumber("loss"), imagesPerSecond: try record.number("imagesPerSecond"),
      secondsLeft: try record.decodeIfPresent(Int.self, forKey: Key(stringValue: "secondsLeft")))
    validated = try record.decodeIfPresent(Int.self, forKey: Key(stringValue: "validated")) ?? 0
    beat = try record.decodeIfPresent(Int.self, forKey: Key(stringValue: "beat"))
    prepared = try record.decodeIfPresent(Int.self, forKey: Key(stringValue: "prepared"))
    toPrepare = try record.decodeIfPresent(Int.self, forKey: Key(stringValue: "toPrepare"))
    cacheBytes = try record.decodeIfPresent(Int.self, forKey: Key(stringValue: "cacheBytes"))
    machine = try record.decodeIfPresent(String.self, forKey: Key(stringValue: "machine"))
    version = try record.decodeIfPresent(String.self, forKey: Key(stringValue: "version"))
  }
}
