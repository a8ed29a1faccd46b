import Datasets
import DurableFiles
import Testing
import Training

/// Runs with a cache of decoded images: faster, and otherwise the same.
@Suite struct TrainingCacheTests {
  private func cache(_ studio: Studio) -> ImageCache { ImageCache(studio.folder("cache"), limit: 1 << 24, rest: 0) }

  private func entries(_ studio: Studio) -> [String] {
    studio.folder.names("cache").filter { $0.hasSuffix(".planes") }
  }

  @Test(arguments: [DataDeclaration.Normalization.dataset, .none])
  func sameBytesWithAnEmptyAFullAndADamagedCache(normalize: DataDeclaration.Normalization) throws {
    let studio = try Studio()
    func job(threads: Int, cache: ImageCache?) -> TrainingJob {
      studio.job(normalize: normalize, threads: threads, cache: cache)
    }
    try studio.train(job(threads: 2, cache: nil), in: "without")
    let (expected, rows) = (try studio.result(of: "without"), try studio.rows(of: "without").map(\.withoutClock))
    for (run, threads) in [("empty", 2), ("full", 3), ("damaged", 1)] {
      if run == "damaged" {
        for name in entries(studio).prefix(5) {
          let path = studio.folder("cache/\(name)")
          try publish(readFile(path, limit: 1 << 20).dropLast().map { $0 }, to: path)
        }
      }
      try studio.train(job(threads: threads, cache: cache(studio)), in: run)
      #expect(try studio.result(of: run) == expected, "\(run)")
      #expect(try studio.rows(of: run).map(\.withoutClock) == rows, "\(run)")
      #expect(entries(studio).count == 24)
    }
  }

  @Test func anInterruptedRunGoesOnWithOrWithoutIt() throws {
    let studio = try Studio()
    try studio.train(studio.job(), in: "whole")
    try studio.train(studio.job(cache: cache(studio)), in: "first", stoppingAfter: 3)
    try studio.train(studio.job(), in: "first")
    try studio.train(studio.job(), in: "then", stoppingAfter: 5)
    try studio.train(studio.job(cache: cache(studio)), in: "then")
    for run in ["first", "then"] { #expect(try studio.result(of: run) == studio.result(of: "whole")) }
  }

  @Test func theJobCanRefuseIt() throws {
    let studio = try Studio()
    var job = studio.job(cache: cache(studio))
    job.data.cache = false
    try studio.train(job, in: "run")
    #expect(studio.folder.names("cache").isEmpty)
  }
}
