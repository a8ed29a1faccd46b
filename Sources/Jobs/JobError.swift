public import DurableFiles

/// Why an event or a request cannot be applied to a job.
public enum JobError: Error, Equatable, CustomStringConvertible {
  /// The event makes no sense in the job's state.
  case outOfPlace(JobEvent, Job)
  case unknown(String)
  case file(FileError)

  public var description: String {
    switch self {
    case .outOfPlace(let event, let job):
      "\(job.id) is \(job.state.folder): it cannot \(Self.verb(event))"
    case .unknown(let id):
      "there is no job \(id); `kiln status` lists those there are"
    case .file(let error):
      error.description
    }
  }

  private static func verb(_ event: JobEvent) -> String {
    switch event {
    case .start: "be started"
    case .ended: "end"
    case .stalled: "hang"
    case .due: "become due"
    case .spaceReturned: "go on, it does not wait for space"
    case .stop: "be interrupted"
    case .asked(.cancel): "be cancelled"
    case .asked(.hold): "be held"
    case .asked(.release): "be released, only a held one can"
    case .asked(.retry): "be retried, only a failed, cancelled or deferred one can"
    case .asked(.reprioritize): "be given another priority"
    }
  }
}
