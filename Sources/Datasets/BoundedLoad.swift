import Glibc
import Workers

extension Dataset {
  /// The same as `load` and `requireFiles`, for somebody who has little time.
  ///
  /// - Parameter seconds: how long the folders and tables may take to be read, and the files to be looked for.
  /// - Returns: nil if it takes longer. A thread goes on reading then, whose answer nobody waits for.
  public static func load(
    _ declaration: DataDeclaration, at location: DataLocation, seed: UInt64, within seconds: Double
  ) throws(DatasetError) -> Dataset? {
    enum Answer {
      case none
      case late
      case given(Result<Dataset, DatasetError>)
    }
    let answer = Monitor(Answer.none)
    @Sendable func settle(_ outcome: sending Answer) {
      answer.change { if case .none = $0 { $0 = outcome } }
      answer.wakeAll()
    }
    let isTimed = startThread {
      usleep(UInt32(seconds * 1e6))
      settle(.late)
    }
    let isAtWork =
      isTimed
      && startThread {
        settle(
          .given(
            Result { () throws(DatasetError) in
              let set = try load(declaration, at: location, seed: seed)
              try set.requireFiles(maximumShare: declaration.maximumSkipped)
              return set
            }))
      }
    guard isAtWork else { return nil }
    let outcome = answer.wait { answer -> Result<Dataset, DatasetError>?? in
      switch answer {
      case .none: nil
      case .late: .some(nil)
      case .given(let result): result
      }
    }
    return try outcome?.get()
  }
}
