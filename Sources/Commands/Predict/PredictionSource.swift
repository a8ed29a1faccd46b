import Datasets
import DurableFiles
import Foundation
import Images
import RunFiles

/// Where `kiln predict` takes images from: files and folders, or the standard input.
struct PredictionSource {
  struct File {
    let path: String
    /// What it is called in answers.
    let shown: String
  }

  private enum Kind {
    case files([String])
    case standardInput
  }

  private let kind: Kind
  /// What was passed over in a folder, in words.
  let remarks: [String]

  /// The files that are known beforehand.
  var paths: [String] { if case .files(let paths) = kind { paths } else { [] } }

  /// - Throws: a failure that names what is not there, or a folder without images.
  static func all(_ arguments: [String]) throws -> [PredictionSource] { try arguments.map(PredictionSource.init) }

  private init(_ argument: String) throws {
    guard argument != "-" else {
      (kind, remarks) = (.standardInput, [])
      return
    }
    guard try facts(at: argument) != nil else {
      throw CommandFailure("\(argument): there is no such image and no such folder", .noInput)
    }
    guard try facts(at: "\(argument)/.")?.kind == .directory else {
      (kind, remarks) = (.files([argument]), [])
      return
    }
    let found = try ImageFiles(beneath: argument)
    let passedOver =
      found.passedOver.isEmpty ? "" : "\(argument): passed over: \(DataAccount.list(found.passedOver.map(\.reason)))"
    guard !found.names.isEmpty else {
      let endings = imageSuffixes.joined(separator: ", ")
      throw CommandFailure(
        "\(argument) holds no image (\(endings))\(passedOver.isEmpty ? "" : "; \(passedOver)")", .noInput)
    }
    let folder = ByteText(argument).hasSuffix("/") ? argument : "\(argument)/"
    kind = .files(found.names.map { folder + $0 })
    remarks = passedOver.isEmpty ? [] : [passedOver]
  }

  /// The files in groups, as they come: those of the standard input as soon as their lines are there.
  func forEachGroup(_ take: ([File]) throws -> Void) throws {
    switch kind {
    case .files(let paths): try take(paths.map { File(path: $0, shown: $0) })
    case .standardInput: try Self.readStandardInput(take)
    }
  }

  private static func readStandardInput(_ take: ([File]) throws -> Void) throws {
    let input = FileHandle.standardInput
    var rest: [UInt8] = []
    var isList = false
    while true {
      let more = [UInt8](input.availableData)
      rest += more
      let isAtEnd = more.isEmpty
      if !isList, !rest.isEmpty {
        let isImage = beginsAsImage(rest)
        if isImage == true { return try takeImage(rest, and: input, take) }
        // A pipe may hand over the first bytes of an image in pieces.
        if isImage == nil, !isAtEnd { continue }
        isList = true
      }
      if isAtEnd, !rest.isEmpty, rest.last != UInt8(ascii: "\n"), rest.last != 0 { rest.append(UInt8(ascii: "\n")) }
      try take(try files(upToLastLineOf: &rest))
      if isAtEnd { return }
    }
  }

  /// Lines, or, as from `find -print0`, texts that end in a zero byte.
  private static func files(upToLastLineOf bytes: inout [UInt8]) throws -> [File] {
    let end = bytes.contains(0) ? 0 : UInt8(ascii: "\n")
    guard let last = bytes.lastIndex(of: end) else { return [] }
    defer { bytes.removeFirst(last + 1) }
    return try bytes[..<last].split(separator: end).map { line in
      guard let path = String(validating: line, as: UTF8.self) else {
        throw CommandFailure(
          "the standard input names '\(String(decoding: line, as: UTF8.self))', which is not UTF-8: rename the file, or send "
            + "an image (PNG or JPEG)", .badData)
      }
      return File(path: path, shown: path)
    }
  }

  private static func takeImage(
    _ beginning: [UInt8], and input: FileHandle, _ take: ([File]) throws -> Void
  ) throws {
    let limit = DecodeLimits.standard.fileBytes
    var bytes = beginning
    while bytes.count <= limit, case let more = input.availableData, !more.isEmpty { bytes += more }
    guard bytes.count <= limit else {
      throw CommandFailure("the image of the standard input has more than \(limit) bytes", .badData)
    }
    let folder = FileManager.default.temporaryDirectory.path
    let path = "\(folder)/kiln-predict-\(ProcessInfo.processInfo.processIdentifier)-\(UInt64.random(in: 0 ... .max))"
    try publishNew(bytes, to: path)
    defer { unlink(path) }
    try take([File(path: path, shown: "-")])
  }
}
