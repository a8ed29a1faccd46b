/// What kind of file some bytes begin, whatever the file is called.
public struct ContentKind: Sendable, Hashable {
  /// With its article: "a WebP image".
  public let name: String
  /// For counts: "WebP images".
  public let plural: String
  /// What somebody does who wants the image: "convert it to PNG or JPEG".
  public let cure: String

  /// The bytes, at most, that `init(of:)` looks at for anything but zeros.
  public static let lookedAt = 1024

  /// - Parameter beginning: the first bytes of a file, or all of them. A file counts as one of zeros only if all these
  ///   bytes are zero.
  /// - Returns: nil for a kind that is not known, and for an empty file.
  public init?(of beginning: some RandomAccessCollection<UInt8>) {
    let start = Array(beginning.prefix(Self.lookedAt))
    if let (_, kind) = Self.signatures.first(where: { signature, _ in signature.matches(start) }) {
      self = kind
    } else if !start.isEmpty, start.allSatisfy({ $0 == 0 }), beginning.allSatisfy({ $0 == 0 }) {
      self = Self.zeros
    } else if let kind = Self(ofText: start) {
      self = kind
    } else {
      return nil
    }
  }

  init(_ name: String, _ plural: String, _ cure: String) {
    (self.name, self.plural, self.cure) = (name, plural, cure)
  }

  static func image(_ format: String, article: String = "a") -> ContentKind {
    ContentKind("\(article) \(format) image", "\(format) images", "convert it to PNG or JPEG")
  }

  private static func archive(_ format: String) -> ContentKind {
    ContentKind("a \(format) archive", "\(format) archives", "unpack it")
  }

  private static func encrypted(_ program: String, _ cure: String) -> ContentKind {
    ContentKind("a file that \(program) encrypted", "files that \(program) encrypted", cure)
  }

  private static let video = ContentKind("a video", "videos", "save its frames as PNG or JPEG")
  private static let zeros = ContentKind(
    "nothing but zero bytes: the copy was interrupted", "files of nothing but zero bytes", "copy the file again")
  private static let pointer = ContentKind(
    "a git-annex pointer", "git-annex pointers", "run git annex get, and git annex unlock if it stays one")

  /// Parts of a file that stand at fixed places.
  struct Signature: Sendable {
    private let parts: [(place: Int, bytes: [UInt8])]

    /// - Parameter parts: characters up to U+00FF, each of which stands for the byte of its number.
    init(_ parts: (Int, String)...) {
      self.parts = parts.map { place, text in
        (place, text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
      }
    }

    func matches(_ start: [UInt8]) -> Bool {
      parts.allSatisfy { place, bytes in start.dropFirst(place).starts(with: bytes) }
    }
  }

  /// The first that matches counts. Beside images: what is found under an image's name in data sets, and what lies
  /// around in their folders.
  private static let signatures: [(Signature, ContentKind)] = [
    (Signature((0, "\u{89}PNG")), ContentKind("a PNG image", "PNG images", "let its name end with .png")),
    (Signature((0, "\u{FF}\u{D8}\u{FF}")), ContentKind("a JPEG image", "JPEG images", "let its name end with .jpg")),
    (Signature((0, "RIFF"), (8, "WEBP")), image("WebP")),
    (Signature((4, "ftypavi")), image("AVIF", article: "an")),
    (Signature((4, "ftyphei")), image("HEIC")),
    (Signature((4, "ftyphev")), image("HEIC")),
    (Signature((4, "ftypmif1"), (16, "avif")), image("AVIF", article: "an")),
    (Signature((4, "ftypmif1")), image("HEIC")),
    (Signature((4, "ftypmsf1")), image("HEIC")),
    (Signature((4, "ftypcrx ")), image("raw camera")),
    (Signature((4, "ftyp")), video),
    (Signature((0, "GIF8")), image("GIF")),
    (Signature((0, "BM"), (6, "\0\0\0\0"), (15, "\0\0\0")), image("BMP")),
    (Signature((0, "II*\0"), (8, "CR")), image("raw camera")),
    (Signature((0, "II*\0")), image("TIFF")),
    (Signature((0, "MM\0*")), image("TIFF")),
    (Signature((0, "II+\0")), image("TIFF")),
    (Signature((0, "MM\0+")), image("TIFF")),
    (Signature((0, "\u{FF}\u{A}")), image("JPEG XL")),
    (Signature((0, "\0\0\0\u{C}JXL ")), image("JPEG XL")),
    (Signature((0, "\0\0\0\u{C}jP  ")), image("JPEG 2000")),
    (Signature((0, "\u{FF}\u{4F}\u{FF}\u{51}")), image("JPEG 2000")),
    (Signature((0, "II\u{BC}")), image("JPEG XR")),
    (Signature((0, "\u{8A}MNG")), image("MNG", article: "an")),
    (Signature((0, "8BPS")), image("Photoshop")),
    (Signature((0, "gimp xcf")), image("GIMP")),
    (Signature((0, "\0\0\u{1}\0"), (5, "\0")), image("icon", article: "an")),
    (Signature((128, "DICM")), image("DICOM")),
    (Signature((0, "SIMPLE  =")), image("FITS")),
    (Signature((0, "qoif")), image("QOI")),
    (Signature((0, "P4\n")), image("Netpbm")),
    (Signature((0, "P5\n")), image("Netpbm")),
    (Signature((0, "P6\n")), image("Netpbm")),
    (Signature((0, "\u{76}\u{2F}\u{31}\u{1}")), image("OpenEXR", article: "an")),
    (Signature((0, "\u{93}NUMPY")), ContentKind("a NumPy array", "NumPy arrays", "save it as PNG")),
    (Signature((0, "\u{89}HDF")), ContentKind("an HDF5 file", "HDF5 files", "save its images as PNG")),
    (Signature((0, "RIFF"), (8, "AVI ")), video),
    (Signature((0, "\u{1A}\u{45}\u{DF}\u{A3}")), video),
    (Signature((0, "%PDF-")), ContentKind("a PDF", "PDFs", "save its pictures as PNG or JPEG")),
    (Signature((0, "%!PS")), ContentKind("a PostScript file", "PostScript files", "save it as PNG")),
    (Signature((0, "\u{1F}\u{8B}")), archive("gzip")),
    (Signature((0, "BZh")), archive("bzip2")),
    (Signature((0, "\u{FD}7zXZ\0")), archive("xz")),
    (Signature((0, "\u{28}\u{B5}\u{2F}\u{FD}")), archive("zstd")),
    (Signature((0, "PK\u{3}\u{4}")), archive("zip")),
    (Signature((0, "PK\u{5}\u{6}")), archive("zip")),
    (Signature((0, "7z\u{BC}\u{AF}")), archive("7z")),
    (Signature((0, "Rar!")), archive("rar")),
    (Signature((257, "ustar")), archive("tar")),
    (Signature((0, "\0\u{5}\u{16}")), macintosh),
    (Signature((0, "\0\0\0\u{1}Bud1")), ContentKind("a .DS_Store of macOS", ".DS_Store files", "remove it")),
    (
      Signature((0, "\u{D0}\u{CF}\u{11}\u{E0}")),
      ContentKind("an Office document or Thumbs.db", "Office documents and Thumbs.db", "remove it")
    ),
    (
      Signature((0, "L\0\0\0\u{1}\u{14}\u{2}\0")),
      ContentKind("a Windows shortcut", "Windows shortcuts", "copy the file that it leads to")
    ),
    (Signature((0, "\0GITCRYPT\0")), encrypted("git-crypt", "run git-crypt unlock")),
    (Signature((0, "Salted__")), encrypted("openssl", "decrypt it")),
    (Signature((0, "-----BEGIN PGP")), encrypted("PGP", "decrypt it")),
    (Signature((0, "age-encryption.org")), encrypted("age", "decrypt it")),
    (
      Signature((0, "version https://git-lfs")),
      ContentKind("a Git LFS pointer", "Git LFS pointers", "run git lfs pull")
    ),
    (
      Signature((0, "version https://hawser")), ContentKind("a Git LFS pointer", "Git LFS pointers", "run git lfs pull")
    ),
    (Signature((0, "/annex/objects/")), pointer),
    (
      Signature((0, "HTTP/1.")),
      ContentKind("a server's answer with its headers", "answers of servers", "download it again")
    ),
    (Signature((0, "data:image/")), inBase64),
    (Signature((0, "iVBORw0KGgo")), inBase64),
    (Signature((0, "/9j/")), inBase64),
  ]

  private static let macintosh = ContentKind(
    "what macOS keeps beside a file (AppleDouble)", "AppleDouble files of macOS", "remove it")
  private static let inBase64 = ContentKind("an image written as text (Base64)", "images in Base64", "decode it")
}
