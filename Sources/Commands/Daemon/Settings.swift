import ArgumentParser
import Configuration
import DurableFiles
import Manifests
import RunFiles

/// `kiln settings`: reads the daemon's configuration for it; `kilnd` has no parser of its own.
struct Settings: Command {
  static let configuration = CommandConfiguration(
    abstract: "Check a configuration file of kilnd and print what it says as JSON.",
    discussion: """
      `kilnd --check` checks more.
      Example: kiln settings /etc/kiln/kilnd.yaml
      Exit status: 0, 65 if the file is wrong, 66 if it cannot be read.
      """)

  @Argument(help: "A configuration file, as /etc/kiln/kilnd.yaml.", completion: .file(extensions: ["yaml"]))
  var file: String

  @Flag(help: "Print the JSON Schema of the file instead.")
  var schema = false

  func run(on console: Console) throws {
    if schema {
      return console.print(Configuration.schema(of: DaemonDeclaration.self, title: "Configuration of kilnd").indented())
    }
    let file = JobFile(file)
    let said = try Document.parse(file.read(), file: file.shownPath).read(DaemonDeclaration.self)
    try console.print(json: said.settings, .line)
  }
}
