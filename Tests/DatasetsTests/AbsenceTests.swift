import Datasets
import DurableFiles
import Foundation
import Glibc
import Images
import TemporaryFolder
import Testing

/// What is not there now, and what is not there at all.
@Suite struct AbsenceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func error(_ declaration: DataDeclaration, roots: [String]) -> DatasetError? {
    do throws(DatasetError) {
      _ = try Dataset.load(declaration, at: DataLocation(base: nil, roots: roots), seed: 1)
      return nil
    } catch {
      return error
    }
  }

  private func failure(_ store: ImageStore, _ index: Int = 0) -> ImageFailure? {
    do throws(ImageFailure) {
      _ = try store.image(of: index)
      return nil
    } catch {
      return error
    }
  }

  /// The folder of a disk is empty while the disk is not mounted, or does not exist.
  @Test func aRootThatMayNotBeMountedIsWaitedFor() throws {
    try folder.touch("full/other/a/1.png")
    try createDirectories(folder("empty"))
    let cells = DataDeclaration(images: "cells")
    #expect(error(cells, roots: [folder("full")])?.kind == .permanent)
    for away in ["empty", "gone"] {
      let found = error(cells, roots: [folder("full"), folder(away)])
      #expect(found?.kind == .transient)
      #expect(found?.description.contains(folder(away)) == true && found?.description.contains("mount it") == true)
    }
    #expect(error(DataDeclaration(images: folder("empty")), roots: [])?.kind == .transient)
    #expect(
      error(DataDeclaration(images: folder("empty"), labels: "labels.csv"), roots: [folder.path])?.kind == .transient)
    try folder.touch("other/a/1.png")
    #expect(error(DataDeclaration(images: folder("other"), labels: "labels.csv"), roots: [])?.kind == .permanent)
  }

  /// The images are listed, and then their disk is unmounted: another, empty folder stands there, or none.
  @Test func imagesThatLeaveWithTheirFolderAreNotSkipped() throws {
    try folder.touch("disk/1.png", "disk/2.png")
    let store = ImageStore([Example(folder: folder("disk"), name: "1.png", target: 0)], budget: MemoryBudget(bytes: 0))
    func expectNothingSaid(_ what: Comment) {
      guard case .failed(let error) = failure(store) else {
        Issue.record(what)
        return
      }
      #expect(error.kind == .transient, what)
    }
    try FileManager.default.moveItem(atPath: folder("disk"), toPath: folder("away"))
    expectNothingSaid("there is no folder")
    try createDirectories(folder("disk"))
    expectNothingSaid("the folder is empty")
    try folder.touch("disk/readme.txt")
    expectNothingSaid("the folder is another one")
    try FileManager.default.removeItem(atPath: folder("disk"))
    try FileManager.default.moveItem(atPath: folder("away"), toPath: folder("disk"))
    try FileManager.default.removeItem(atPath: folder("disk/1.png"))
    guard case .skipped(let image) = failure(store) else {
      Issue.record("its folder says that there is no such image")
      return
    }
    #expect(image.reason == "no such file")
  }

  @Test(arguments: [EIO, ESTALE, ETIMEDOUT, EMFILE, ENOMEM, EACCES])
  func aPathThatCannotBeLookedUpSaysNothingAboutTheImage(code: Int32) throws {
    try folder.touch("1.png")
    let store = ImageStore(
      [Example(folder: folder.path, name: "1.png", target: 0)], budget: MemoryBudget(bytes: 0),
      resolve: { path throws(DatasetError) in throw DatasetError(.system(operation: "look up", path: path, code: code))
      },
      load: { _ throws(ImageError) in LoadedImage(Gallery.draw(0)) })
    guard case .failed(let error) = failure(store) else {
      Issue.record("the image was taken for bad")
      return
    }
    #expect(error.kind == .transient)
  }

  @Test func aLackOfMemorySaysNothingAboutTheImage() throws {
    try folder.touch("1.png")
    let store = ImageStore(
      [Example(folder: folder.path, name: "1.png", target: 0)], budget: MemoryBudget(bytes: 0),
      load: { _ throws(ImageError) in throw .noMemory(bytes: 7) })
    #expect(failure(store) == .failed(.file(.system(operation: "decode", path: folder("1.png"), code: ENOMEM))))
  }

  @Test func aSkippedImageCarriesItsPart() throws {
    for part in Part.allCases {
      let store = ImageStore(
        [Example(folder: folder.path, name: "1.png", target: 0)], of: part, budget: MemoryBudget(bytes: 0),
        load: { _ throws(ImageError) in throw .corrupt(reason: "") })
      try folder.touch("1.png")
      guard case .skipped(let image) = failure(store) else {
        Issue.record("it is bad")
        return
      }
      #expect(image.part == part)
      #expect(try JSONDecoder().decode(SkippedImage.self, from: JSONEncoder().encode(image)) == image)
    }
    let old = Data(#"{"index":3,"name":"a.png","reason":"bad"}"#.utf8)
    #expect(
      try JSONDecoder().decode(SkippedImage.self, from: old) == SkippedImage(index: 3, name: "a.png", reason: "bad"))
  }
}
