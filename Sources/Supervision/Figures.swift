package import Jobs
package import RunFiles

/// The figures of the daemon's work, of which `status.json`, `metrics.prom` and systemd's status line are made.
package struct Figures: Sendable {
  package var counts: [StateFolder: Int] = [:]
  package var running: [Running] = []
  /// Attempts that ended in each kind of trouble since the daemon began.
  package var troubles: [Trouble: Int] = [:]
  package var freeBytes: Int?
  package var cacheBytes: Int?
  package var isDraining = false

  /// A job at work.
  package struct Running: Sendable {
    package var id: JobID
    package var name: String
    package var attempt: Int
    /// Nil as long as the trainer has reported nothing.
    package var progress: Progress?
    /// Seconds since the newest checkpoint; nil if there is none.
    package var checkpointAge: Double?
    package var skippedImages: Int

    package init(
      id: JobID, name: String, attempt: Int, progress: Progress?, checkpointAge: Double?, skippedImages: Int
    ) {
      (self.id, self.name, self.attempt, self.progress) = (id, name, attempt, progress)
      (self.checkpointAge, self.skippedImages) = (checkpointAge, skippedImages)
    }
  }

  package init() {}

  /// For the textfile collector. A job's figures are there while it runs.
  package var prometheus: String {
    var text = PrometheusText()
    text.gauge(
      "kiln_jobs", "Jobs by state.",
      StateFolder.allCases.map { ([("state", $0.rawValue)], Double(counts[$0] ?? 0)) })
    text.gauge("kiln_draining", "1 while nothing is started.", [([], isDraining ? 1 : 0)])
    text.counter(
      "kiln_troubled_attempts_total", "Attempts that ended otherwise than they should, since the daemon began.",
      Trouble.allCases.map { ([("trouble", $0.rawValue)], Double(troubles[$0] ?? 0)) })
    text.gauge("kiln_job_images_per_second", "Training speed.", ofJobs { $0.progress?.imagesPerSecond })
    text.gauge("kiln_job_loss", "Smoothed training loss.", ofJobs { $0.progress?.loss })
    text.gauge("kiln_job_epoch", "The epoch under way.", ofJobs { $0.progress.map { Double($0.epoch) } })
    text.gauge("kiln_job_step", "Steps done.", ofJobs { $0.progress.map { Double($0.step) } })
    text.gauge("kiln_job_steps", "Steps of the whole run.", ofJobs { $0.progress.map { Double($0.steps) } })
    text.gauge(
      "kiln_job_seconds_left", "Estimated time to the end.", ofJobs { $0.progress?.secondsLeft.map(Double.init) })
    text.gauge("kiln_job_attempt", "Attempts begun.", ofJobs { Double($0.attempt) })
    text.gauge("kiln_job_skipped_images", "Images that could not be used.", ofJobs { Double($0.skippedImages) })
    text.gauge(
      "kiln_job_checkpoint_age_seconds", "Time since the newest checkpoint.", ofJobs { $0.checkpointAge })
    text.gauge("kiln_cache_bytes", "Decoded images that are kept.", cacheBytes.map { [([], Double($0))] } ?? [])
    text.gauge("kiln_disk_free_bytes", "Space left in the home.", freeBytes.map { [([], Double($0))] } ?? [])
    return text.text
  }

  private func ofJobs(_ figure: (Running) -> Double?) -> [([(String, String)], Double)] {
    running.compactMap { job in figure(job).map { ([("id", "\(job.id)"), ("name", job.name)], $0) } }
  }

  /// One line for people: what runs, how far it is, what waits.
  package var line: String {
    let work = running.map { job in
      guard let progress = job.progress else { return "\(job.id) begins" }
      let left = progress.secondsLeft.map { ", \(Self.duration($0)) left" } ?? ""
      return "\(job.id) epoch \(progress.epoch)/\(progress.epochs), step \(progress.step)/\(progress.steps)\(left)"
    }
    let drain = isDraining ? ["draining"] : []
    return (drain + work + [summary(without: [.running])]).joined(separator: "; ")
  }

  /// "2 queued, 1 running", the states in their order and the empty ones left out.
  package func summary(without hidden: Set<StateFolder> = []) -> String {
    let parts = StateFolder.allCases.filter { !hidden.contains($0) }.compactMap { state in
      counts[state].flatMap { $0 > 0 ? "\($0) \(state.rawValue)" : nil }
    }
    return parts.isEmpty ? "no jobs" : parts.joined(separator: ", ")
  }

  private static func duration(_ seconds: Int) -> String {
    switch seconds {
    case ..<60: "\(seconds) s"
    case ..<3600: "\(seconds / 60) min"
    default: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
  }
}
