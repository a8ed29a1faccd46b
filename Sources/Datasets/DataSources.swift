import DurableFiles
import Workers

/// What the folders and tables of a declaration hold.
struct DataSources {
  /// The tables or folders that errors about the whole set name.
  var place = ""
  var images: [LabelledImage] = []
  var passedOver: [PassedOver] = []

  private let location: DataLocation
  private let access: DataAccess
  private let heartbeat: Heartbeat
  /// The folders that were listed, of class folders and not of tables.
  private var listed: [String] = []

  /// The largest table that is read: 256 MiB, where 100,000 rows take some 4 MB.
  private static let largestTable = 1 << 28

  /// - Parameter heartbeat: ticks as folders are read.
  init(
    _ declaration: DataDeclaration, at location: DataLocation, _ heartbeat: Heartbeat = Heartbeat()
  ) throws(DatasetError) {
    self.location = location
    access = try location.access()
    self.heartbeat = heartbeat
    var places: [String] = []
    for source in declaration.sources { places.append(try add(source, declaration.split)) }
    place = places.joined(separator: ", ")
    try requireOneDivision(declaration)
    if case .path(let path) = declaration.validation { try addValidation(path, declaration) }
  }

  /// - Returns: what errors about the source name.
  private mutating func add(
    _ source: DataDeclaration.Source, _ split: DataDeclaration.Split?
  ) throws(DatasetError) -> String {
    let folder = try location.find(source.images)
    guard try isFolder(folder) else {
      throw .unusable(path: folder, problem: "images is a file", cure: "name the folder, and the table as labels")
    }
    guard let labels = source.labels else {
      try list(folder, split)
      return folder
    }
    guard split != .folders else {
      throw .unusable(
        path: labels, problem: "`split: folders` beside a table", cure: "write the parts into its column split")
    }
    let path = try location.find(labels, in: folder)
    add(try table(path, folder: folder))
    return path
  }

  private mutating func list(_ folder: String, _ split: DataDeclaration.Split?) throws(DatasetError) {
    for other in listed where isBeneath(folder, other) || isBeneath(other, folder) {
      throw .unusable(
        path: folder, problem: "it shares images with \(other)", cure: "name folders that lie side by side")
    }
    listed.append(folder)
    add(try ImageFolder.read(folder, split, within: access, heartbeat))
  }

  private mutating func add(_ listing: Listing) {
    images += listing.images
    passedOver += listing.passedOver
  }

  private func table(_ path: String, folder: String) throws(DatasetError) -> Listing {
    let bytes: [UInt8]
    do { bytes = try readFile(path, limit: Self.largestTable) } catch { throw DatasetError(error) }
    return try LabelTable.read(SourceText(file: path, bytes: bytes), folder: folder)
  }

  /// What names the images of a part must be the only one that does.
  private func requireOneDivision(_ declaration: DataDeclaration) throws(DatasetError) {
    let namer = declaration.split == .folders ? "the folders name" : "the split column names"
    let wishes = [
      (Part.validation, declaration.validation != nil, "validation"), (.validation, declaration.folds != nil, "folds"),
      (.test, declaration.test != 0, "test"),
    ]
    for (part, isWished, key) in wishes where isWished && images.contains(where: { $0.part == part }) {
      throw .unusable(
        path: place, problem: "\(namer) \(part.adjective) images, and so does the job's \(key)",
        cure: "leave out one of the two")
    }
  }

  /// Every image of a second folder or table is for validation. The path of a table is relative to the images folder, as
  /// that of `labels`. A folder is looked up as `images` is.
  private mutating func addValidation(_ path: String, _ declaration: DataDeclaration) throws(DatasetError) {
    let before = images.count
    let isTable = [".csv", ".tsv"].contains { ByteText(path.lowercased()).hasSuffix($0) }
    if isTable {
      guard declaration.sources.count == 1, declaration.sources[0].labels != nil else {
        throw .unusable(
          path: path,
          problem: "a table for validation beside "
            + (declaration.sources.count == 1 ? "class folders for training" : "several dataSets"),
          cure: "name a folder with the same classes, or give labels: a table for training too, with a column split")
      }
      let folder = try location.find(declaration.sources[0].images)
      add(try table(try location.find(path, in: folder), folder: folder))
    } else {
      try addValidationFolder(path)
    }
    for index in images.indices.dropFirst(before) { images[index].part = .validation }
  }

  private mutating func addValidationFolder(_ path: String) throws(DatasetError) {
    let second = try location.find(path)
    let folders = listed + Set(images.map { ByteText($0.folder) }).map(\.text)
    guard !folders.contains(where: { isBeneath(second, $0) || isBeneath($0, second) }) else {
      throw .unusable(
        path: second, problem: "the validation folder and the images folder share images",
        cure: "put them side by side")
    }
    try list(second, nil)
  }
}
