import ArgumentParser
import Commands
import Testing

/// The list of subcommands.
@Suite struct CatalogueTests {
  /// A name stands once: of two, the second could never be reached.
  @Test func everyNameStandsOnce() {
    let names = Kiln.configuration.subcommands.map { $0._commandName }
    #expect(Set(names).count == names.count && !names.isEmpty)
  }
}
