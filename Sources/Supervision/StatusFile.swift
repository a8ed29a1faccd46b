import Glibc
import RunFiles

extension StatusFile {
  init(_ figures: Figures, isServing: Bool, isStopping: Bool, now: Double) {
    self.init(
      process: getpid(), serving: isServing, stopping: isStopping, draining: figures.isDraining, updated: timestamp(now)
    )
    jobs = Dictionary(uniqueKeysWithValues: figures.counts.map { ($0.rawValue, $1) })
    running = figures.running.map { job in
      Running(
        id: job.id.description, name: job.name, attempt: job.attempt, progress: job.progress,
        checkpointAge: job.checkpointAge, skippedImages: job.skippedImages)
    }
    (freeBytes, cacheBytes) = (figures.freeBytes, figures.cacheBytes)
  }
}
