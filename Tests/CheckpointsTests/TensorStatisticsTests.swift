import Checkpoints
import DurableFiles
import Foundation
import TemporaryFolder
import Testing

/// Against NumPy: Tests/Fixtures/checkpoints/element_types.py.
@Suite struct TensorStatisticsTests {
  struct Figures: Decodable {
    let count, nans, infinities, zeros: Int
    let minimum, maximum, mean, standardDeviation, norm: Double?
    let histogram: [Int]?
  }

  @Test func figuresAndHistogramsAgreeWithNumPy() throws {
    let expected = try JSONDecoder().decode([String: Figures].self, from: Data(try fixture("statistics.json")))
    let folder = try TemporaryFolder()
    try publish(try fixture("statistics.safetensors"), to: folder("s.safetensors"))
    let file = try SafetensorsFile(folder("s.safetensors"))
    let surveys = try file.survey()
    #expect(surveys.count == expected.count)
    for (tensor, survey) in zip(file.index.tensors, surveys) {
      let figures = try #require(expected[tensor.name])
      let survey = try #require(survey)
      let found = survey.statistics
      #expect(found.count == figures.count && found.nans == figures.nans && found.infinities == figures.infinities)
      #expect(found.zeros == figures.zeros && found.minimum == figures.minimum && found.maximum == figures.maximum)
      expectNear(found.mean, figures.mean, tensor.name)
      expectNear(found.standardDeviation, figures.standardDeviation, tensor.name)
      expectNear(found.norm, figures.norm, tensor.name)
      #expect(survey.histogram?.counts == figures.histogram, "\(tensor.name)")
    }
  }

  /// Both sides sum in double precision, in another order: a few units in the last place of the values' size.
  private func expectNear(_ ours: Double?, _ theirs: Double?, _ name: String) {
    #expect((ours == nil) == (theirs == nil))
    guard let ours, let theirs else { return }
    #expect(abs(ours - theirs) <= 1e-12 * abs(theirs), "\(name): \(ours), \(theirs)")
  }

  /// Nothing depends on where a piece ends.
  @Test func piecesAddUp() throws {
    let count = 3 << 20
    let values = (0..<count).map { Float($0 % 1009) - 500 }
    let folder = try TemporaryFolder()
    try publish(
      try Safetensors.encode([NamedTensor(name: "w", shape: [count], values: values)], metadata: [:]),
      to: folder("w.safetensors"))
    let survey = try #require(try SafetensorsFile(folder("w.safetensors")).survey().first ?? nil)
    var whole = TensorStatistics()
    whole.add(values.map(Double.init))
    #expect(survey.statistics.count == count && survey.statistics.minimum == -500 && survey.statistics.maximum == 508)
    #expect(survey.statistics.zeros == values.count { $0 == 0 })
    expectNear(survey.statistics.standardDeviation, whole.standardDeviation, "w")
    #expect(survey.histogram?.counts.reduce(0, +) == count)
    #expect(survey.histogram?.merged(to: 8).reduce(0, +) == count)
  }

  /// A file of a tebibyte that holds nothing: only its header is read.
  @Test func anIndexLoadsNoValues() throws {
    let elements = 1 << 38
    let header = #"{"w":{"dtype":"F32","shape":[\#(elements)],"data_offsets":[0,\#(4 * elements)]}}"#
    let folder = try TemporaryFolder()
    let path = folder("large.safetensors")
    try publish(
      withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8), to: path)
    let size = off_t(8 + header.utf8.count + 4 * elements)
    guard truncate(path, size) == 0 else { return }
    let file = try SafetensorsFile(path)
    #expect(file.index.tensors.first?.count == elements && file.size == Int(size))
    #expect(
      try file.bytes(of: file.index.tensors[0], .f32, elements: elements - 2..<elements)
        == [UInt8](repeating: 0, count: 8))
    #expect(truncate(path, size - 1) == 0)
    #expect(throws: CheckpointError.self) { try SafetensorsFile(path) }
  }

  @Test func aChecksumIsVerifiedOnTheWay() throws {
    let folder = try TemporaryFolder()
    var bytes = try fixture("kiln.safetensors")
    try publish(bytes, to: folder("k.safetensors"))
    #expect(try SafetensorsFile(folder("k.safetensors")).survey().count == 5)
    bytes[bytes.count - 1] ^= 1
    try publish(bytes, to: folder("k.safetensors"))
    let error = #expect(throws: CheckpointError.self) { try SafetensorsFile(folder("k.safetensors")).survey() }
    #expect(error?.description.contains("does not match its checksum") == true)
  }
}
