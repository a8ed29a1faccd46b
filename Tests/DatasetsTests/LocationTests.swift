import Datasets
import Foundation
import TemporaryFolder
import Testing

@Suite struct LocationTests {
  let base: TemporaryFolder
  let root: TemporaryFolder
  let outside: TemporaryFolder

  init() throws {
    base = try TemporaryFolder()
    root = try TemporaryFolder()
    outside = try TemporaryFolder()
  }

  func folder(of images: String, labels: String? = nil, base: String?, roots: [String]) throws -> String? {
    let declaration = DataDeclaration(images: images, labels: labels, validation: .share(0))
    return try Dataset.load(declaration, at: DataLocation(base: base, roots: roots), seed: 1).training.first?.folder
  }

  func fill(_ folder: TemporaryFolder, _ name: String) throws {
    try folder.touch("\(name)/a/1.png", "\(name)/b/1.png")
  }

  @Test func looksBesideTheManifestAndThenInTheRoots() throws {
    try fill(root, "cells")
    #expect(try folder(of: "cells", base: base.path, roots: [root.path, base.path]) == "\(root.path)/cells")
    #expect(try folder(of: "cells", base: nil, roots: [outside.path, root.path]) == "\(root.path)/cells")
    try fill(base, "cells")
    #expect(try folder(of: "cells", base: base.path, roots: [root.path, base.path]) == "\(base.path)/cells")
  }

  @Test func refusesWhatLiesOutsideTheRoots() throws {
    try fill(outside, "cells")
    let cells = "\(outside.path)/cells"
    #expect(throws: DatasetError.outsideRoots(path: cells, roots: [root.path])) {
      try folder(of: cells, base: nil, roots: [root.path])
    }
    #expect(throws: DatasetError.outsideRoots(path: cells, roots: [root.path])) {
      try folder(of: "../\((outside.path as NSString).lastPathComponent)/cells", base: root.path, roots: [root.path])
    }
    try root.link("door", to: cells)
    #expect(throws: DatasetError.outsideRoots(path: cells, roots: [root.path])) {
      try folder(of: "door", base: nil, roots: [root.path])
    }
    #expect(try folder(of: cells, base: nil, roots: []) == cells)
  }

  @Test func holdsTablesToTheRootsToo() throws {
    try root.touch("cells/1.png")
    try outside.write("path,label\n1.png,0\n2.png,1\n", to: "labels.csv")
    let table = "\(outside.path)/labels.csv"
    #expect(throws: DatasetError.outsideRoots(path: table, roots: [root.path])) {
      try folder(of: "cells", labels: table, base: nil, roots: [root.path])
    }
  }

  /// A root whose name begins like another's does not open the other.
  @Test func comparesWholeComponents() throws {
    try fill(outside, "data-private")
    try fill(outside, "data")
    #expect(throws: DatasetError.self) {
      try folder(of: "\(outside.path)/data-private", base: nil, roots: ["\(outside.path)/data"])
    }
  }

  @Test func saysWhereItLooked() throws {
    // An empty root might be the place of a disk that is not mounted.
    try root.touch("other/1.png")
    #expect(
      throws: DatasetError.missing(path: "cells", tried: ["\(base.path)/cells", "\(root.path)/cells"])
    ) {
      try folder(of: "cells", base: base.path, roots: [root.path])
    }
  }
}
