import ArgumentParser
import Commands
import Foundation
import RunFiles
import Testing

/// The list of subcommands.
@Suite struct CatalogueTests {
  /// A subcommand or one of a subcommand's own, by the words that call it.
  private static let commands: [(words: [String], type: any ParsableCommand.Type)] = below(Kiln.self, [])

  private static func below(
    _ type: any ParsableCommand.Type, _ words: [String]
  ) -> [(words: [String], type: any ParsableCommand.Type)] {
    type.configuration.subcommands.flatMap { [(words + [$0._commandName], $0)] + below($0, words + [$0._commandName]) }
  }

  /// A name stands once: of two, the second could never be reached.
  @Test func everyNameStandsOnce() {
    let names = Kiln.configuration.subcommands.map { $0._commandName }
    #expect(Set(names).count == names.count && !names.isEmpty)
  }

  /// One that is no `Command` would have errors and words of its own.
  @Test func everySubcommandEndsAsTheOthersDo() {
    for (words, type) in Self.commands where type.configuration.subcommands.isEmpty {
      #expect(type is any Command.Type, "\(words)")
    }
  }

  @Test func everySubcommandSaysWhatItIsForAndHowItEnds() {
    for (words, type) in Self.commands where type.configuration.subcommands.isEmpty {
      #expect(!type.configuration.abstract.isEmpty && type.configuration.abstract.hasSuffix("."), "\(words)")
      #expect(type.configuration.discussion.contains("Exit status: 0"), "\(words)")
    }
  }

  /// A person reads the example first. It is one that can be typed: with options that the subcommand has.
  @Test func everySubcommandShowsAnExample() {
    for (words, type) in Self.commands where type.configuration.subcommands.isEmpty {
      let call = "kiln \(words.joined(separator: " "))"
      let lines = type.configuration.discussion.split(separator: "\n").map { $0.drop { $0 == " " } }
      let examples = lines.filter { $0.hasPrefix("\(call) ") || $0.hasPrefix("Example: \(call) ") }
      #expect(!examples.isEmpty, "\(call)")
      let help = Kiln.helpMessage(for: type)
      for option in examples.flatMap({ $0.matches(of: /--[a-z][a-z0-9-]*/) }) {
        #expect(help.contains(option.0), "\(call) has no \(option.0)")
      }
    }
  }

  @Test func theVersionIsSaid() { #expect(kiln("--version").output == "\(kilnVersion)\n") }

  @Test func theHelpListsThemAll() {
    let help = kiln("--help").output
    for type in Kiln.configuration.subcommands { #expect(help.contains("  \(type._commandName) "), "\(type)") }
  }

  /// `kiln WORD` in the README and the pages is a subcommand there is, with options that it has.
  @Test func thePagesNameNothingThatIsNotThere() throws {
    let pages = try FileManager.default.contentsOfDirectory(atPath: "\(Fixtures.package)/docs")
      .filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
    let names = Set(Kiln.configuration.subcommands.map { $0._commandName })
    for page in pages + ["README.md"] {
      let text = try String(contentsOfFile: "\(Fixtures.package)/\(page)", encoding: .utf8)
      for call in text.matches(of: /(?:^|`)kiln ([a-z][a-z-]*)([^`#\n]*)/.anchorsMatchLineEndings()) {
        let name = String(call.1)
        guard names.contains(name), let type = Kiln.configuration.subcommands.first(where: { $0._commandName == name })
        else {
          Issue.record("\(page): there is no `kiln \(name)`")
          continue
        }
        let help = Kiln.helpMessage(for: type, includeHidden: true)
        for option in call.2.matches(of: /--[a-z][a-z-]*/) where type.configuration.subcommands.isEmpty {
          #expect(help.contains(option.0), "\(page): `kiln \(name)` has no \(option.0)")
        }
      }
    }
  }
}
