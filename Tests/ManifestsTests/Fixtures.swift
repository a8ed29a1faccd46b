import Foundation
import Manifests

let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
let fixtures = tests.appending(path: "Fixtures/manifests").path
let repository = tests.deletingLastPathComponent().path

func text(of path: String) throws -> String {
  try String(contentsOfFile: path, encoding: .utf8)
}

func manifest(_ path: String) throws -> Manifest {
  try Manifest.parse(try text(of: path), file: path)
}
