import ArgumentParser
import Charts
import Configuration
import DurableFiles
import Lessons
import Manifests

/// `kiln explain`: what a key of a job file means, and how the mathematics behind it works.
struct Explain: Command {
  static let configuration = CommandConfiguration(
    abstract: "Explain a key of a job file, or an idea behind it.",
    discussion: """
      TOPIC is a key or a keyword of a job file, by its name or its whole path (batchSize, training.optimizer.adam.beta1,
      conv2d), or one of: \(lessons.map(\.name).joined(separator: ", ")). Those compute the homework's examples by the layers
      themselves.
      Example: kiln explain training.schedule
      Exit status: 0, or 64 if nothing is called so.
      """)

  @Argument(help: "A key, a keyword or a topic; without one, all are listed.") var topic: String?
  @Argument(help: "What the topic takes.") var arguments: [String] = []
  @Option(help: "Write the topic's picture to this file.", completion: .file(extensions: ["svg"])) var svg: String?

  @Flag(help: "Print the keys as JSON: the one that is named, or all.") var json = false

  func run(on console: Console) throws {
    let keys = KeyText(reference: KeyReference())
    guard let topic else {
      return try console.answer(keys.rows(keys.reference.entries), asJSON: json, text: Self.contents)
    }
    guard !json, let named = lessons.first(where: { $0.name == topic }) else {
      guard arguments.isEmpty, svg == nil else {
        throw CommandFailure("`\(topic)` takes no arguments and has no picture", .usage)
      }
      let entries = try keys.reference.find(topic, others: lessons.map(\.name))
      return try console.answer(keys.rows(entries), asJSON: json, text: keys.text(for: entries))
    }
    let explained = try named.make(arguments)
    if let svg {
      guard let picture = explained.svg else { throw CommandFailure("`\(topic)` has no picture", .usage) }
      try publish(picture, to: svg, .atomic)
    }
    console.print(try explained.text())
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
