import DurableFiles
import Foundation
import Testing

/// onnx.pb.swift is what scripts/generate-protobuf made of onnx.proto, as it is now.
@Suite struct GeneratedCodeTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources/Interchange/ONNX").standardizedFileURL

  @Test func theDigestsAreThoseOfTheFiles() throws {
    let list = try String(contentsOf: Self.folder.appending(path: "onnx.sha256"), encoding: .utf8)
    let lines = list.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.map { $0.last } == ["onnx.proto", "onnx.pb.swift"])
    for line in lines {
      let bytes = Array(try Data(contentsOf: Self.folder.appending(path: line[1])))
      #expect(
        Digest(of: bytes).hexadecimal == line[0],
        "\(line[1]) has changed: run scripts/generate-protobuf, which says what it needs")
    }
  }
}
