import DurableFiles
import FoundationEssentials

/// What `kiln submit` leaves beside a manifest, `NAME.yaml.origin`: what the bytes of the manifest cannot say.
///
/// An origin goes with one manifest alone. It names that manifest's checksum, so that a file dropped under the same name
/// never gets a stranger's folder; and its token makes it unlike every other, so that whoever cleans up after one
/// submission cannot take away the next one's.
public struct Origin: Codable, Sendable, Equatable {
  /// The folder that relative paths in the manifest start from.
  public var base: String
  /// Takes the place of the manifest's own priority.
  public var priority: Int?
  /// The `Digest` of the manifest; from earlier versions, its `Checksum`.
  public var manifest: String
  public var token: String

  public init(base: String, priority: Int? = nil, manifest: [UInt8]) {
    self.base = base
    self.priority = priority
    self.manifest = Digest(of: manifest).hexadecimal
    token = UUID().uuidString
  }

  /// Nil if the bytes are no origin, which is what is asked.
  public init?(_ bytes: [UInt8]) {
    guard let origin: Origin = WireJSON.read(bytes) else { return nil }
    self = origin
  }

  /// As it lies in a file. JSON can say every text and every whole number, so that there is always such a form.
  public var bytes: [UInt8] { WireJSON.bytes(self) ?? [] }

  /// Whether the origin was written for these very bytes. One that an earlier version left is honoured: its sixteen
  /// digits tell apart what lies there by accident, and whoever may write an origin could name any folder anyway.
  public func belongs(to manifest: [UInt8]) -> Bool {
    let isOld = self.manifest.utf8.count == 16
    return self.manifest == (isOld ? Checksum(manifest).hexadecimal : Digest(of: manifest).hexadecimal)
  }
}

/// The rules of the drop folder.
public enum Submission {
  public static let originSuffix = ".origin"
  public static let endings = [".yaml", ".yml", ".json"]
  /// The largest manifest that the parser takes, in bytes.
  public static let largest = 1 << 20
  /// The largest origin, in bytes.
  public static let largestOrigin = 64 << 10

  /// Whether a name in `incoming/` asks to become a job. Dot-files are unfinished copies, `.origin` files go with
  /// their manifest, and everything else is not ours to touch.
  public static func isManifest(_ name: String) -> Bool {
    let name = ByteText(name)
    return !name.hasPrefix(".") && endings.contains { name.before(suffix: $0)?.isEmpty == false }
  }

  /// `solar.yaml` as `solar` and `.yaml`; an ending that no job file has is none.
  public static func split(_ name: String) -> (stem: String, ending: String) {
    let path = ByteText(name)
    for ending in endings {
      if let stem = path.before(suffix: ending) { return (stem, ending) }
    }
    return (name, "")
  }
}
