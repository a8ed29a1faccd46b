import Datasets

private let desk = Desk("table")

/// A table of labels, and the parts that are made of it.
@Sendable func readTable(_ bytes: [UInt8]) throws {
  _ = try desk.lay(bytes, as: "table.csv")
  let declaration = DataDeclaration(images: desk.folder, labels: "table.csv")
  _ = try Dataset.load(declaration, at: DataLocation(base: nil), seed: 1)
}
