import DurableFiles
import Workers

/// What the folders and tables of a declaration hold.
struct DataSources {
  /// The table or folder that errors about the whole set name.
  var place: String
  var images: [LabelledImage]
  /// Images of a second folder or table; every one of them is for validation.
  var validation: [LabelledImage] = []

  /// The largest table that is read: 256 MiB, where 100,000 rows take some 4 MB.
  private static let largestTable = 1 << 28

  /// - Parameter heartbeat: ticks as folders are read.
  init(
    _ declaration: DataDeclaration, at location: DataLocation, _ heartbeat: Heartbeat = Heartbeat()
  ) throws(DatasetError) {
    let folder = try location.find(declaration.sources[0].images)
    guard try isFolder(folder) else {
      throw .unusable(path: folder, problem: "images is a file", cure: "name the folder, and the table as labels")
    }
    if let labels = declaration.sources[0].labels {
      place = try location.find(labels, in: folder)
      images = try Self.table(place, folder: folder)
    } else {
      place = folder
      images = try ImageFolder.read(folder, heartbeat)
    }
    guard declaration.validation == nil || !images.contains(where: { $0.part == .validation }) else {
      throw .unusable(
        path: place, problem: "the split column names validation images, and so does the job's validation",
        cure: "leave out one of the two")
    }
    guard declaration.test == 0 || !images.contains(where: { $0.part == .test }) else {
      throw .unusable(
        path: place, problem: "the split column names test images, and so does the job's test",
        cure: "leave out one of the two")
    }
    if case .path(let path) = declaration.validation {
      validation = try Self.validation(path, declaration, folder: folder, at: location, heartbeat)
      for index in validation.indices { validation[index].part = .validation }
    }
  }

  /// The path of a table is relative to the images folder, as that of `labels`. A folder is looked up as `images` is.
  private static func validation(
    _ path: String, _ declaration: DataDeclaration, folder: String, at location: DataLocation, _ heartbeat: Heartbeat
  ) throws(DatasetError) -> [LabelledImage] {
    if path.lowercased().hasSuffix(".csv") {
      guard declaration.sources[0].labels != nil else {
        throw .unusable(
          path: path, problem: "a table for validation beside class folders for training",
          cure: "name a folder with the same classes, or give labels: a table for training too")
      }
      return try table(try location.find(path, in: folder), folder: folder)
    }
    let second = try location.find(path)
    guard !isBeneath(second, folder), !isBeneath(folder, second) else {
      throw .unusable(
        path: second, problem: "the validation folder and the images folder share images",
        cure: "put them side by side")
    }
    return try ImageFolder.read(second, heartbeat)
  }

  private static func table(_ path: String, folder: String) throws(DatasetError) -> [LabelledImage] {
    let bytes: [UInt8]
    do { bytes = try readFile(path, limit: largestTable) } catch { throw DatasetError(error) }
    return try LabelTable.read(SourceText(file: path, bytes: bytes), folder: folder)
  }
}
