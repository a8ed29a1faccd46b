import Datasets
import TemporaryFolder
import Testing

/// `data.test`: images that are held out until the end.
@Suite struct TestShareTests {
  private let folder: TemporaryFolder
  /// A hundred images, every fourth of class 1; nobody opens them.
  private let rows = (0..<100).map { "\($0).png,\($0 % 4 == 0 ? 1 : 0)" }

  init() throws {
    folder = try TemporaryFolder()
  }

  private func load(
    _ table: [String], validation: DataDeclaration.Validation? = nil, test: Double, seed: UInt64 = 1
  ) throws -> Dataset {
    try folder.write(table.joined(separator: "\n") + "\n", to: "labels.csv")
    let declaration = DataDeclaration(images: folder.path, labels: "labels.csv", validation: validation, test: test)
    return try Dataset.load(declaration, at: DataLocation(base: nil), seed: seed)
  }

  @Test func isHeldOutOfEveryClassBeforeValidationIsChosen() throws {
    let table = ["path,label"] + rows
    let set = try load(table, validation: .share(0.2), test: 0.2)
    #expect(set.test.count == 20 && set.test.filter { $0.target == 1 }.count == 5)
    // A fifth of the eighty that are left.
    #expect(set.validation.count == 16 && set.training.count == 64)
    #expect(Set((set.training + set.validation + set.test).map(\.name)).count == 100)
    // How much is validated does not move it, and the seed does.
    #expect(try load(table, validation: .share(0), test: 0.2).test == set.test)
    #expect(try load(table, validation: .share(0.2), test: 0.2, seed: 2).test != set.test)
    #expect(try load(table, test: 0).test.isEmpty)
  }

  @Test func theTableSaysItOrTheJob() throws {
    let table = ["path,label,split"] + rows.enumerated().map { "\($1),\($0 < 10 ? "test" : "train")" }
    #expect(try load(table, test: 0).test.count == 10)
    let error = #expect(throws: DatasetError.self) { try load(table, test: 0.2) }
    #expect(error?.description.contains("names test images, and so does the job's test") == true)
  }
}
