import DurableFiles
import Jobs
import RunFiles

/// The run that a job means by `initialFrom: {run: NAME}`.
enum NamedRun {
  /// Why there is no such run, with the cure.
  struct Unknown: Error, Equatable {
    let problem: String
    let cure: String
  }

  /// In the foreground a folder, relative to the job's or to `runs` beside it; and, everywhere, a run that lies beside the new
  /// one: by the name of its folder, by its number, or by its job's name, if one run alone is called so.
  ///
  /// - Parameters:
  ///   - base: where the job's relative paths start from; nil under the daemon, whose jobs name runs of its home alone.
  ///   - directory: of the new run, which is never meant itself.
  static func folder(_ name: String, base: String?, beside directory: String) throws -> String {
    if let base {
      let isAbsolute = ByteText(name).isAbsolutePath
      for folder in isAbsolute ? [name] : ["\(base)/\(name)", "\(base)/runs/\(name)"] where try isRun(folder) {
        return folder
      }
    }
    let (runs, own) = (ByteText(directory).parent, ByteText(directory).lastName)
    guard ByteText(name).names.map(ByteText.init) == [ByteText(name)], name != ".", name != ".." else {
      throw Unknown(
        problem: "there is no run in '\(name)'",
        cure: base == nil ? "name a run of the daemon's home, by its ID or name" : "name the folder of a run")
    }
    let beside =
      try facts(at: runs) == nil ? [] : entries(of: runs).compactMap(\.name).filter { ByteText($0) != ByteText(own) }
    if beside.contains(where: { ByteText($0) == ByteText(name) }), try isRun("\(runs)/\(name)") {
      return "\(runs)/\(name)"
    }
    let called = beside.filter { entry in
      guard let id = JobID(entry) else { return false }
      return ByteText(id.slug) == ByteText(name) || id.sequence == Int(name)
    }
    guard called.count <= 1 else {
      throw Unknown(
        problem: "\(called.count) runs are called '\(name)'",
        cure: "name one by its ID: \(called.sorted().suffix(5).joined(separator: ", "))")
    }
    guard let found = called.first else {
      throw Unknown(
        problem: "there is no run '\(name)' in \(runs)" + (base.map { ", nor below \($0)" } ?? ""),
        cure: base == nil ? "`kiln status` lists the IDs" : "name its folder, or train it first")
    }
    return "\(runs)/\(found)"
  }

  private static func isRun(_ folder: String) throws -> Bool {
    try facts(at: RunFolder(folder)[.checkpoints])?.kind == .directory
      || facts(at: RunFolder(folder)[.latest])?.kind == .directory
  }
}
