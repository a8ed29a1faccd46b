public import DurableFiles
import Glibc

/// Why a checkpoint cannot be read or written. The description names the thing, the place and, where there is one, the cure.
public enum CheckpointError: Error, Equatable {
  /// The file ends before its header does.
  case truncated(bytes: Int, needed: Int)
  /// The header claims more bytes than any header may have.
  case headerTooLong(bytes: UInt64)
  /// The header is not the JSON that safetensors prescribes; `byte` counts from the header's start.
  case malformedHeader(byte: Int, expected: String)
  /// A tensor's entry lacks `dtype`, `shape` or `data_offsets`, or one of them has the wrong form.
  case malformedEntry(name: String, expected: String)
  case duplicateName(String)
  /// Elements that weights cannot be made of. The file may be whole.
  case unsupportedType(tensor: String, type: String)
  /// A value of double precision that is too large for a weight.
  case outOfRange(tensor: String, value: Double)
  /// A shape whose product overflows, or is not the number of values.
  case wrongShape(tensor: String, shape: [Int])
  /// A tensor whose bytes do not begin where the one before ends, do not fit its shape, or lie outside the file.
  case wrongOffsets(tensor: String, begin: Int, end: Int, expectedBegin: Int, expectedEnd: Int)
  case trailingBytes(Int)
  case checksumMissing
  case checksumMismatch(recorded: String, computed: String)
  /// The header says what it should, in other bytes than Kiln writes.
  case foreignHeader
  /// The operating system refused to read or write.
  case file(FileError)
  /// A directory that is neither a checkpoint nor a run that has one.
  case noCheckpoint(path: String)
  /// A `decision.json` that is none.
  case noDecision
  /// One of the errors above, found in this file.
  indirect case damaged(path: String, CheckpointError)
}

extension CheckpointError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let bytes, let needed):
      "the file ends early: it has \(bytes) bytes of at least \(needed)"
    case .headerTooLong(let bytes):
      "the header claims \(bytes) bytes, more than the \(Safetensors.headerLimit) allowed; this is no safetensors file"
    case .malformedHeader(let byte, let expected):
      "the header is not valid at its byte \(byte): expected \(expected)"
    case .malformedEntry(let name, let expected):
      "the header's entry \"\(name)\" needs \(expected)"
    case .duplicateName(let name):
      "the name \"\(name)\" occurs twice"
    case .unsupportedType(let tensor, let type):
      "tensor \"\(tensor)\" has element type \(type), and weights are F32, F16, BF16 or F64; convert it with .float() before "
        + "saving"
    case .outOfRange(let tensor, let value):
      "tensor \"\(tensor)\" has the value \(value), which is too large for single precision"
    case .wrongShape(let tensor, let shape):
      "tensor \"\(tensor)\" cannot have the shape \(shape)"
    case .wrongOffsets(let tensor, let begin, let end, let expectedBegin, let expectedEnd):
      "tensor \"\(tensor)\" claims the bytes \(begin)..<\(end), its place is \(expectedBegin)..<\(expectedEnd)"
    case .trailingBytes(let count):
      "\(count) bytes follow the last tensor"
    case .checksumMissing:
      "the file carries no checksum, so it was not written by Kiln"
    case .checksumMismatch(let recorded, let computed):
      "the content does not match its checksum: recorded \(recorded), computed \(computed)"
    case .foreignHeader:
      "the header is not as Kiln writes it"
    case .file(let error):
      error.description
    case .noCheckpoint(let path):
      "\(path) holds no checkpoint; name a run, a checkpoint of it, or a safetensors file"
    case .noDecision:
      "it holds no decision with a threshold from 0 to 1 and a temperature above 0; remove it, or choose again with "
        + "`kiln evaluate --save-threshold`"
    case .damaged(let path, .unsupportedType(let tensor, let type)):
      "\(path): \(CheckpointError.unsupportedType(tensor: tensor, type: type))"
    case .damaged(let path, .outOfRange(let tensor, let value)):
      "\(path): \(CheckpointError.outOfRange(tensor: tensor, value: value))"
    case .damaged(let path, let error):
      "\(path) is damaged: \(error)"
    }
  }
}

extension CheckpointError {
  /// Whether trying again may help, and if not, whose fault it is. Bytes that are wrong stay wrong.
  public var kind: FailureKind {
    if case .file(let error) = self { error.kind } else { .permanent }
  }

  /// True if this checkpoint can never be used: its bytes were read and are wrong, or one of its files is not there, is no
  /// file, or is larger than any that Kiln writes. A file that could only not be read (a disk that fails, a lack of memory
  /// or descriptors, its permissions) may be whole.
  public var isDamage: Bool {
    switch self {
    case .file(.notRegular), .file(.tooLarge): true
    case .file(let error): error.code.map([ENOENT, ENOTDIR, ELOOP].contains) ?? false
    default: true
    }
  }
}
