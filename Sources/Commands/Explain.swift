import ArgumentParser
import Charts
import Configuration
import DurableFiles
import Lessons
import Manifests

/// `kiln explain`: what a key of a job file means, and how the mathematics behind it works.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain a key of a job file, or an idea behind it.",
    discussion: """
      TOPIC is a key or a keyword of a job file, by its name or its whole path (batchSize, training.optimizer.adam.beta1,
      conv2d), or one of: \(lessons.map(\.name).joined(separator: ", ")). Those compute the homework's examples by the layers
      themselves.
      Exit status: 0, or 64 if nothing is called so.
      """)

  @Argument(help: "A key, a keyword or a topic; without one, all are listed.") var topic: String?
  @Argument(help: "What the topic takes.") var arguments: [String] = []
  @Option(help: "Write the topic's picture to this file.", completion: .file(extensions: ["svg"])) var svg: String?

  @Flag(help: "Print the keys as JSON: the one that is named, or all.") var json = false

  func run() throws {
    let keys = KeyText(reference: KeyReference())
    guard let topic else {
      return print(json ? try prettyJSON(keys.rows(keys.reference.entries)) : Self.contents)
    }
    guard !json, let named = lessons.first(where: { $0.name == topic }) else {
      guard arguments.isEmpty, svg == nil else {
        throw ValidationError("`\(topic)` takes no arguments and has no picture")
      }
      let entries = try orExit(64) { () throws(UnknownKey) in
        try keys.reference.find(topic, others: lessons.map(\.name))
      }
      return print(json ? try prettyJSON(keys.rows(entries)) : keys.text(for: entries))
    }
    let explained: any Lesson
    do { explained = try named.make(arguments) } catch let error as LessonError { throw ValidationError("\(error)") }
    if let svg {
      guard let picture = explained.svg else { throw ValidationError("`\(topic)` has no picture") }
      try publish(picture, to: svg, .atomic)
    }
    print(explained.text)
  }

  private static var contents: String {
    var table = Table([.left("topic"), .left("explains")])
    for topic in lessons { table.append([topic.name, topic.summary]) }
    let sections = KeyReference().sections
    var keys = Table([.left("section"), .left("explains")])
    for section in sections { keys.append([section.path, section.doc]) }
    return table.text + "\n\n" + keys.text + "\n\nkiln explain SECTION lists its keys; kiln explain KEY explains one"
  }
}
