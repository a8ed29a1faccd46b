import Checkpoints
import Testing

/// Files that lie. Each is refused with the error that names the lie, before memory is taken on its word.
@Suite struct HostileSafetensorsTests {
  /// A file with this header and so many bytes of data.
  private func file(_ header: String, data: Int, claiming length: UInt64? = nil) -> [UInt8] {
    withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Array($0) }
      + Array(header.utf8) + [UInt8](repeating: 0, count: data)
  }

  private func entry(_ shape: String, _ begin: String, _ end: String, type: String = "F32") -> String {
    "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
  }

  private func expect(_ error: CheckpointError, _ bytes: [UInt8], at place: SourceLocation = #_sourceLocation) {
    #expect(throws: error, sourceLocation: place) { try Safetensors.decode(bytes) }
  }

  @Test func lengthOfTheHeader() {
    expect(.truncated(bytes: 0, needed: 8), [])
    expect(.truncated(bytes: 7, needed: 8), [1, 0, 0, 0, 0, 0, 0])
    expect(.truncated(bytes: 10, needed: 11), file("{}", data: 0, claiming: 3))
    expect(.headerTooLong(bytes: .max), file("{}", data: 0, claiming: .max))
    expect(.headerTooLong(bytes: 1 << 40), file("{}", data: 0, claiming: 1 << 40))
  }

  @Test(arguments: [
    ("", 0), ("[", 0), (" {}", 0), ("{", 1), ("{}x", 2), ("{} \n\tx", 5), ("{\"a\"}", 4),
    ("{\"a\":{\"shape\":[1],}}", 18),
    ("{\"a\":{\"shape\":[-1]}}", 15), ("{\"a\":{\"shape\":[1.5]}}", 16), ("{\"a\":{\"shape\":[1e3]}}", 16),
    ("{\"a\":{\"shape\":[01]}}", 16), ("{\"a\":{\"shape\":[null]}}", 15), ("{\"a\":{\"shape\":[1,]}}", 17),
    ("{\"a\":{\"shape\":[99999999999999999999]}}", 33), ("{\"a\":{\"shape\":[[1]]}}", 15),
    ("{\"a\":{\"shape\":1}}", 14),
    ("{\"a\\x\":1}", 4), ("{\"\\ud800\":1}", 8), ("{\"\\udc00\":1}", 8), ("{\"\\u12g4\":1}", 6), ("{\"a\nb\":1}", 3),
  ]) func malformedJSON(header: String, byte: Int) {
    let error = #expect(throws: CheckpointError.self) { try Safetensors.decode(file(header, data: 0)) }
    guard case .malformedHeader(let place, _) = error else {
      Issue.record("\(header): \(String(describing: error))")
      return
    }
    #expect(place == byte)
  }

  @Test func textThatIsNotUTF8() {
    var bytes = file("{\"ab\":1}", data: 0)
    bytes[10] = 0xFF
    expect(.malformedHeader(byte: 1, expected: "text in UTF-8"), bytes)
  }

  @Test func notAnObject() {
    expect(.malformedHeader(byte: 0, expected: "{"), file("[1]", data: 0))
    expect(.malformedEntry(name: "a", expected: "dtype, shape and two data_offsets"), file("{\"a\":1}", data: 0))
    expect(
      .malformedEntry(name: "a", expected: "dtype, shape and two data_offsets"),
      file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", data: 4))
    expect(
      .malformedEntry(name: "__metadata__", expected: "text under \"step\""),
      file("{\"__metadata__\":{\"step\":3}}", data: 0))
  }

  @Test func duplicateNames() {
    let one = entry("[1]", "0", "4")
    expect(.duplicateName("a"), file("{\"a\":\(one),\"a\":\(one)}", data: 4))
    expect(.duplicateName("a"), file("{\"a\":\(one),\"\\u0061\":\(one)}", data: 4))
    expect(.duplicateName("k"), file("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", data: 0))
  }

  @Test func keysThatStandTwiceOrHaveNoPlace() {
    for key in ["dtype", "shape", "data_offsets"] {
      let twice =
        "{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"\(key)\":\(key == "dtype" ? "\"F32\"" : "[]")}"
      expect(.malformedEntry(name: "a", expected: "its \"\(key)\" once"), file("{\"a\":\(twice)}", data: 4))
    }
    let nested = String(repeating: "[", count: 100_000)
    expect(
      .malformedEntry(name: "a", expected: "dtype, shape and data_offsets, not \"x\""),
      file("{\"a\":{\"x\":\(nested)}}", data: 0))
    expect(
      .malformedEntry(name: "a", expected: "dtype, shape and two data_offsets"), file("{\"a\":\(nested)}", data: 0))
  }

  @Test func dimensionsThatNobodyHas() throws {
    let many = "[" + String(repeating: "1,", count: 255) + "1"
    #expect(try SafetensorsIndex(file("{\"a\":\(entry(many + "]", "0", "4"))}", data: 4))["a"]?.count == 1)
    let most = CheckpointError.malformedEntry(name: "a", expected: "256 dimensions at most")
    expect(most, file("{\"a\":\(entry(many + ",1]", "0", "4"))}", data: 4))
    expect(most, file("{\"a\":{\"shape\":[" + String(repeating: "0,", count: 1 << 20), data: 0))
  }

  /// Two names are the same only if their bytes are.
  @Test func namesAreBytes() throws {
    let header = "{\"\u{E9}\":\(entry("[1]", "0", "4")),\"e\u{301}\":\(entry("[1]", "4", "8"))}"
    #expect(try SafetensorsIndex(file(header, data: 8)).tensors.count == 2)
    #expect(try SafetensorsIndex(file(header, data: 8))["e\u{301}"]?.bytes.lowerBound == 8 + header.utf8.count + 4)
  }

  @Test func elementTypes() {
    for (type, bytes) in [("I64", 8), ("U8", 1), ("C64", 8), ("F8_E4M3", 1), ("F128", 16)] {
      expect(
        .unsupportedType(tensor: "a", type: type),
        file("{\"a\":\(entry("[1]", "0", "\(bytes)", type: type))}", data: bytes))
    }
    for type in ["f32", "", "F 32", "32", String(repeating: "F", count: 33)] {
      let expected = "an element type such as F32, not \"\(type)\""
      expect(
        .malformedEntry(name: "a", expected: expected),
        file("{\"a\":\(entry("[1]", "0", "4", type: type))}", data: 4))
    }
    // Three elements of four bits fill no whole bytes.
    expect(
      .wrongShape(tensor: "a", shape: [3]), file("{\"a\":\(entry("[3]", "0", "2", type: "F4"))}", data: 2))
  }

  @Test func shapesThatOverflow() {
    let huge = 1 << 32
    expect(
      .wrongShape(tensor: "a", shape: [huge, huge]),
      file("{\"a\":\(entry("[\(huge),\(huge)]", "0", "4"))}", data: 4))
    // The product fits, times four bytes it does not; and what fits in bytes may not do so in bits.
    expect(
      .wrongShape(tensor: "a", shape: [1 << 62]), file("{\"a\":\(entry("[\(1 << 62)]", "0", "0"))}", data: 0))
    expect(
      .wrongShape(tensor: "a", shape: [1 << 60]),
      file("{\"a\":\(entry("[\(1 << 60)]", "0", "0"))}", data: 0))
  }

  @Test func placesThatOverlapLeaveGapsOrLieOutside() {
    func two(_ first: String, _ second: String, data: Int) -> [UInt8] {
      file("{\"a\":\(first),\"b\":\(second)}", data: data)
    }
    expect(
      .wrongOffsets(tensor: "b", begin: 4, end: 8, expectedBegin: 8, expectedEnd: 12),
      two(entry("[2]", "0", "8"), entry("[1]", "4", "8"), data: 8))
    expect(
      .wrongOffsets(tensor: "b", begin: 8, end: 12, expectedBegin: 4, expectedEnd: 8),
      two(entry("[1]", "0", "4"), entry("[1]", "8", "12"), data: 12))
    expect(
      .wrongOffsets(tensor: "a", begin: 4, end: 0, expectedBegin: 0, expectedEnd: 4),
      file("{\"a\":\(entry("[1]", "4", "0"))}", data: 4))
    expect(
      .wrongOffsets(tensor: "a", begin: 0, end: 8, expectedBegin: 0, expectedEnd: 4),
      file("{\"a\":\(entry("[1]", "0", "8"))}", data: 8))
    expect(.truncated(bytes: 4, needed: 8), file("{\"a\":\(entry("[2]", "0", "8"))}", data: 4))
    let most = Int.max
    expect(
      .wrongOffsets(tensor: "a", begin: most, end: most, expectedBegin: 0, expectedEnd: 4),
      file("{\"a\":\(entry("[1]", "\(most)", "\(most)"))}", data: 4))
  }

  @Test func trailingBytes() {
    expect(.trailingBytes(3), file("{\"a\":\(entry("[1]", "0", "4"))}", data: 7))
    expect(.trailingBytes(1), file("{}", data: 1))
  }

  /// Entries in any order, and an empty tensor at the place of another, are no lies.
  @Test func orderOfEntriesIsFree() throws {
    let header = "{\"b\":\(entry("[1]", "4", "8")), \"e\":\(entry("[0]", "4", "4")),\"a\":\(entry("[1]", "0", "4"))} \n"
    #expect(try Safetensors.decode(file(header, data: 8)).tensors.map(\.name) == ["a", "e", "b"])
  }

  /// FNV-1a sees every change of one bit; so every bit of a file of ours is under guard, but for the spaces.
  @Test func everyFlippedBitIsNoticed() throws {
    let good = try Safetensors.encode(
      [NamedTensor(name: "0.weight", shape: [2], values: [0.5, -3])], metadata: ["step": "7"])
    for byte in good.indices {
      for bit in 0..<8 {
        var bytes = good
        bytes[byte] ^= 1 << bit
        guard let read = try? Safetensors.decode(bytes) else { continue }
        // What still reads has lost the name of its checksum, and the store refuses that.
        #expect(read.metadata[Safetensors.checksumKey] == nil, "byte \(byte), bit \(bit)")
      }
    }
  }

  @Test func everyTruncationIsNoticed() throws {
    let good = try Safetensors.encode([NamedTensor(name: "w", shape: [2], values: [1, 2])], metadata: ["step": "7"])
    for count in good.indices {
      #expect(throws: CheckpointError.self) { try Safetensors.decode(Array(good.prefix(count))) }
    }
  }
}
