import Configuration
import DurableFiles
import Foundation
import RunFiles

/// A statement of a run's provenance, as a file has it: whatever it says is a claim.
struct ProvenanceClaim {
  private let statement: JSON

  /// The statement itself, or a DSSE envelope around it, as cosign and others write; its signatures are not looked at.
  init(_ bytes: [UInt8], file: String) throws(ConfigurationError) {
    let document = try Document.parse(bytes, file: file).json
    guard case .string(let payload)? = document["payload"], document["payloadType"] != nil,
      let inner = Data(base64Encoded: payload)
    else {
      statement = document
      return
    }
    statement = try Document.parse([UInt8](inner), file: file).json
  }

  /// What of it is not so.
  func check(against run: RunProvenance) -> RunCheck {
    var check = RunCheck("provenance")
    let definition = statement["predicate"]?["buildDefinition"]
    for (value, word, right) in [
      (statement["_type"], "_type", RunProvenance.statementType),
      (statement["predicateType"], "predicateType", RunProvenance.predicateType),
      (definition?["buildType"], "buildType", RunProvenance.buildType),
    ] where value != .string(right) {
      check.wrong(
        "it is no statement of a run of Kiln's: `\(word)` is \(value?.line ?? "not there"), not \(right)",
        "name a file that `kiln export --format provenance` wrote")
    }
    let parameters = definition?["externalParameters"]
    if parameters?["job"]?.sorted != run.job.sorted {
      check.wrong("its job is not the run's", "the run was trained by another job, or the statement is of another run")
    }
    for key in parameters?.keys ?? [] where key != "job" {
      check.wrong("it has a parameter `\(printable(key))`, which no run has", "do not trust it")
    }
    compare(statement["subject"], run.subjects, "subject", &check)
    compare(definition?["resolvedDependencies"], run.dependencies, "dependency", &check)
    compare(statement["predicate"]?["runDetails"]?["byproducts"], run.byproducts, "byproduct", &check)
    check.say(
      "\(run.subjects.count.grouped) subjects, \(run.dependencies.count.grouped) dependencies by SHA-256; signatures are not looked at"
    )
    return check
  }

  private func compare(
    _ claimed: JSON?, _ own: [RunProvenance.Resource], _ word: String, _ check: inout RunCheck
  ) {
    var left = Dictionary(own.map { (ByteText($0.name), $0.sha256) }, uniquingKeysWith: { first, _ in first })
    for resource in claimed?.elements ?? [] {
      guard case .string(let name)? = resource["name"] else {
        check.wrong("a \(word) has no name", "do not trust it")
        continue
      }
      let digest = resource["digest"]?["sha256"]
      guard let found = left.removeValue(forKey: ByteText(name)) else {
        check.wrong(
          "\(name), a \(word), is not there",
          "put a copy of it back; a run that has gone on since needs another statement")
        continue
      }
      guard digest != .string(found) else { continue }
      if name == RunProvenance.program {
        check.remark("another build of Kiln made the statement than verifies it")
      } else {
        check.wrong(
          "\(name), a \(word), has the SHA-256 \(found), and the statement says \(digest?.line ?? "none")",
          "one of the two was changed: put a copy of the right one back")
      }
    }
    for name in left.keys.sorted() {
      check.wrong(
        "the statement does not name \(name), a \(word)", "it is of an earlier time of the run, or was changed")
    }
  }
}

extension JSON {
  fileprivate subscript(key: String) -> JSON? {
    if case .object(let members) = self { members.first { $0.key == key }?.value } else { nil }
  }

  /// With the members of objects in the order of their names: programs may rearrange them.
  fileprivate var sorted: JSON {
    switch self {
    case .object(let members):
      .object(
        members.map { ($0.key, $0.value.sorted) }.sorted { ByteText($0.0) < ByteText($1.0) }.map {
          (key: $0, value: $1)
        })
    case .array(let elements): .array(elements.map(\.sorted))
    default: self
    }
  }

  fileprivate var keys: [String] { if case .object(let members) = self { members.map(\.key) } else { [] } }

  fileprivate var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
}
