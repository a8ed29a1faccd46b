import Configuration
import Datasets
import Foundation
import Manifests
import Networks
import Optimization
import Testing
import Training

@Suite struct ManifestTests {
  @Test func readsEverythingThatAJobCanSay() throws {
    let job = try manifest("\(fixtures)/good.yaml")
    #expect(job.name == "everything")
    #expect(job.network.layers.count == 6)
    #expect(job.data.sources[0].images == "cells")
    #expect(job.data.sources[0].labels == "labels.csv")
    #expect(job.data.validation == .share(0.25))
    #expect(job.data.augment == Augmentation(flip: .both, rotate: .quarter))
    #expect(job.data.maximumSkipped == 0.05)
    #expect(job.training.epochs == 10)
    #expect(job.training.batchSize == 32)
    #expect(job.training.seed == 7)
    #expect(job.training.optimizer.learningRate == 0.003)
    #expect((job.training.schedule as? StepSchedule)?.every == .epochs(5))
    #expect(job.checkpoints == CheckpointDeclaration(every: .steps(200), keep: 5))
    #expect(job.resources.threads == 2)
    #expect(job.priority == 80)
    #expect(job.places.sources.first?.images?.line == 14)
  }

  @Test func readsJSONAndTakesDefaults() throws {
    let job = try manifest("\(fixtures)/good.json")
    #expect(job.name == "from JSON")
    #expect(job.network.preset == "homework")
    #expect(job.data.validation == .path("other/cells"))
    #expect(job.checkpoints == CheckpointDeclaration())
    #expect(job.resources.threads == nil)
    #expect(job.priority == 50)
  }

  @Test func plansTheNetworkForTheImages() throws {
    let plan = try manifest("\(fixtures)/good.json").plan()
    #expect(plan.parameterCount == 89_551)
    #expect(plan.multiplyAccumulates == 580_867_720)
  }

  @Test(arguments: [
    ("jobs/solar-cells.yaml", "solar-cells"), ("/a/b.json", "b"), ("c.YML", "c"), ("d.txt", "d.txt"),
    (".yaml", ".yaml"), ("-", "stdin"),
  ])
  func aJobIsCalledAsItsFile(_ path: String, _ name: String) {
    #expect(JobFile(path).name == name)
  }

  @Test(arguments: [("jobs/a.yaml", "jobs"), ("a.yaml", "."), ("/a.yaml", "/"), ("/b/c/a.yaml", "/b/c"), ("-", ".")])
  func dataAreLookedUpFromTheJobsFolder(_ path: String, _ folder: String) {
    #expect(JobFile(path).folder == folder)
  }

  /// Those of every folder of examples, however many there are.
  @Test(arguments: [("jobs", 3), ("jobs/homework", 12)])
  func theExamplesAreValid(_ folder: String, _ atLeast: Int) throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(repository)/\(folder)")
      .filter { $0.hasSuffix(".yaml") }
    #expect(files.count >= atLeast)
    for file in files {
      let job = try manifest("\(repository)/\(folder)/\(file)")
      #expect(job.name + ".yaml" == file)
      #expect(try job.plan().output.count == 1, "\(file)")
    }
  }

  @Test func theSchemaIsUpToDate() throws {
    let committed = try text(of: "\(repository)/docs/manifest.schema.json")
    #expect(committed == Manifest.schema + "\n", "run: kiln validate --schema > docs/manifest.schema.json")
  }

  /// The schema is made by running the initializers, so it shows whether one of them hides keys behind a throw.
  @Test func everyKeyIsDeclared() {
    let keys = declarations(of: Manifest.self)
    #expect(keys.map(\.key) == ["name", "network", "data", "training", "checkpoints", "resources", "priority"])
    #expect(keys.filter(\.isRequired).map(\.key) == ["network", "data", "training"])
  }
}
