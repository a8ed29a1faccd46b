import Foundation
import Jobs
import RunFiles
import Supervision
import Testing

/// Reads Prometheus' text format as its documentation has it, and nothing else: an independent, small parser.
struct Exposition {
  struct Failure: Error { let line: String }

  private(set) var samples: [String: Double] = [:]
  private(set) var types: [String: String] = [:]

  init(_ text: String) throws {
    guard text.hasSuffix("\n") else { throw Failure(line: "the last line does not end") }
    for line in text.dropLast().components(separatedBy: "\n") {
      if let match = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (gauge|counter)/) {
        guard types.updateValue(String(match.2), forKey: String(match.1)) == nil else { throw Failure(line: line) }
      } else if line.wholeMatch(of: /# HELP [a-zA-Z_:][a-zA-Z0-9_:]* (?:[^\\]|\\\\|\\n)*/) == nil {
        try sample(line)
      }
    }
  }

  private mutating func sample(_ line: String) throws {
    let label = #"[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\\\|\\"|\\n)*""#
    let pattern = try Regex(
      "([a-zA-Z_:][a-zA-Z0-9_:]*)((?:\\{\(label)(?:,\(label))*\\})?) (NaN|[+-]Inf|[-+]?[0-9.]+(?:e[-+]?[0-9]+)?)",
      as: (Substring, Substring, Substring, Substring).self)
    guard let match = line.wholeMatch(of: pattern), types[String(match.1)] != nil,
      let value = Double(match.3.replacing("Inf", with: "inf").replacing("NaN", with: "nan")),
      samples.updateValue(value, forKey: String(match.1 + match.2)) == nil
    else { throw Failure(line: line) }
  }
}

struct FiguresTests {
  private func figures(name: String = "a") -> Figures {
    var figures = Figures()
    figures.counts = [.queued: 3, .running: 1]
    figures.troubles = [.hang: 2]
    figures.freeBytes = 123_456_789
    let progress = Progress(
      state: .training, epoch: 2, epochs: 10, step: 120, steps: 620, loss: 0.4375, imagesPerSecond: 118.25,
      secondsLeft: 214)
    figures.running = [
      Figures.Running(
        id: JobID(sequence: 7, name: "a"), name: name, attempt: 2, progress: progress, checkpointAge: 12.5,
        skippedImages: 4)
    ]
    return figures
  }

  @Test func prometheusReadsWhatIsWritten() throws {
    let read = try Exposition(figures().prometheus)
    #expect(read.samples[#"kiln_jobs{state="queued"}"#] == 3)
    #expect(read.samples[#"kiln_jobs{state="failed"}"#] == 0)
    #expect(read.samples[#"kiln_job_images_per_second{id="000007-a",name="a"}"#] == 118.25)
    #expect(read.samples[#"kiln_job_loss{id="000007-a",name="a"}"#] == 0.4375)
    #expect(read.samples[#"kiln_job_checkpoint_age_seconds{id="000007-a",name="a"}"#] == 12.5)
    #expect(read.samples[#"kiln_job_skipped_images{id="000007-a",name="a"}"#] == 4)
    #expect(read.samples[#"kiln_troubled_attempts_total{trouble="hang"}"#] == 2)
    #expect(read.samples["kiln_disk_free_bytes"] == 123_456_789)
    #expect(read.samples["kiln_cache_bytes"] == nil)
    #expect(read.types["kiln_troubled_attempts_total"] == "counter" && read.types["kiln_jobs"] == "gauge")
  }

  @Test(arguments: ["a\"b", "a\\", "two\nlines", "{x=\"1\"} 5", "日本"])
  func aNameCannotBreakTheFormat(name: String) throws {
    let read = try Exposition(figures(name: name).prometheus)
    #expect(read.samples.keys.filter { $0.hasPrefix("kiln_job_loss") }.count == 1)
    #expect(read.samples.count == (try Exposition(figures().prometheus)).samples.count)
  }

  @Test func numbersThatAreNoneHaveTheirWords() throws {
    var text = PrometheusText()
    text.gauge(
      "a", "back\\slash", [([], .nan), ([("x", "1")], .infinity), ([("x", "2")], -.infinity), ([("x", "3")], 1e-7)])
    #expect(text.text.contains("a NaN\n") && text.text.contains("a{x=\"1\"} +Inf\n"))
    #expect(try Exposition(text.text).samples["a{x=\"3\"}"] == 1e-7)
  }

  @Test func theParserOfThisTestRefusesWhatIsWrong() {
    for text in ["a 1\n", "# TYPE a gauge\na 1", "# TYPE a gauge\na{x=1} 1\n", "# TYPE a gauge\na 1\na 1\n"] {
      #expect(throws: (any Error).self) { try Exposition(text) }
    }
  }

  @Test func oneLineSaysWhatRunsHowFarItIsAndWhatWaits() {
    #expect(figures().line == "000007-a epoch 2/10, step 120/620, 3 min left; 3 queued")
    var idle = Figures()
    #expect(idle.line == "no jobs")
    idle.isDraining = true
    idle.counts = [.done: 2]
    #expect(idle.line == "draining; 2 done")
  }
}
