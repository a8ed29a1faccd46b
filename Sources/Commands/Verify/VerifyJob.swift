import Checkpoints
import Configuration
import DurableFiles
import Glibc
import Manifests
import RunFiles
import Training

// What the run was to do: job.yaml against whoever knows of it.
extension VerifiedRun {
  private static let submitAgain = "put the job back as it was, or submit it as a new one"

  func job() throws -> RunCheck? {
    var check = RunCheck("job")
    guard let jobBytes else {
      check.wrong("there is no job.yaml", "put the job file of the run there: nothing else says what was trained")
      return check
    }
    if let jobFault {
      check.wrong("job.yaml is no job: \(jobFault)", Self.submitAgain)
      return check
    }
    var witnesses: [String] = []
    if let origin {
      witnesses.append("origin.json")
      if !origin.belongs(to: jobBytes) {
        check.wrong("job.yaml is not the file that origin.json was written for: it was edited since", Self.submitAgain)
      }
    } else if try facts(at: folder[.origin]) != nil {
      check.wrong("origin.json cannot be read", "remove it, and name the folder of the job with --base")
    }
    if readExtensions == nil {
      check.wrong("extensions.json is no list of extensions", "put a copy of it back")
    }
    if let identity = try compareIdentities(&check) { witnesses.append(identity) }
    try compareInitialWeights(&check)
    if let newest, let manifest, let network = newest.metadata["network"] {
      let plan = try manifest.plan()
      let text = plan.layers.map { "\($0.index) \($0.keyword) \($0.input) -> \($0.output)" }.joined(separator: "\n")
      if text != network { check.wrong("the network of job.yaml is not that of the checkpoints", Self.submitAgain) }
    }
    check.say(
      witnesses.isEmpty ? "a job; nothing to compare it with" : "a job, against \(witnesses.joined(separator: ", "))")
    return check
  }

  /// Settings of the identity that have checks of their own.
  private static let apart: Set = ["data.fingerprint", "data.decoding", "training.initialFrom"]

  private static func settings(_ identity: RunIdentity) -> [String: String] {
    Dictionary(
      identity.words.filter { !apart.contains($0.path) }.map { ($0.path, $0.value) },
      uniquingKeysWith: { first, _ in first })
  }

  /// - Returns: what the job was compared with.
  private func compareIdentities(_ check: inout RunCheck) throws -> String? {
    guard let manifest else { return nil }
    var compared = 0
    // What is said once need not be said of all.
    var told: Set<String> = []
    for checkpoint in checkpoints {
      let kept: [String: String]
      do throws(TrainingError) { kept = Self.settings(try RunIdentity(in: checkpoint.metadata)) } catch {
        check.wrong("step \(checkpoint.step): \(error)")
        continue
      }
      compared += 1
      let begun = Array(extensions.prefix(checkpoint.state.extensions ?? 0))
      let own = Self.settings(
        RunIdentity(
          manifest.network, manifest.data, manifest.training, fingerprint: "", initial: nil, extensions: begun))
      for key in Set(own.keys).union(kept.keys).sorted() where own[key] != kept[key] && told.insert(key).inserted {
        let words = "\(key) is \(kept[key] ?? "not given") in the checkpoint of step \(checkpoint.step)"
        if key == "training.seed" {
          check.remark(
            "\(words), and \(own[key] ?? "0") in job.yaml: `kiln train --seed` gave it, or the job was edited")
        } else {
          check.wrong("\(words), and \(own[key] ?? "not given") in job.yaml", Self.submitAgain)
        }
      }
    }
    return compared > 0 ? "\(compared) checkpoint\(compared == 1 ? "" : "s")" : nil
  }

  private func compareInitialWeights(_ check: inout RunCheck) throws {
    guard let newest,
      let kept = try? RunIdentity(in: newest.metadata).words.first(where: { $0.path == "training.initialFrom" })?.value
    else { return }
    let path: String
    do {
      guard let found = try job(threads: 1)?.initialPath() else { return }
      path = found
    } catch {
      guard error.isPermanent else { throw error }
      check.wrong("\(error)", "put the weights back, or name the folder of the job's paths with --base")
      return
    }
    do throws(FileError) {
      let checksum = "fnv1a64:" + Checksum(try readFile(path, limit: 1 << 32)).hexadecimal
      guard checksum != kept else { return }
      check.wrong(
        "initialFrom: \(path) is not the file that the run began with (\(checksum), not \(kept))",
        "put that file back: without it the run cannot be repeated")
    } catch {
      guard error.code == ENOENT || error.code == ENOTDIR else { throw error }
      check.wrong("initialFrom: \(path) is not there any more", "put the file back, or name its folder with --base")
    }
  }
}
