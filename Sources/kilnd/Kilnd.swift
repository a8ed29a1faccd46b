import ArgumentParser

@main
struct Kilnd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kilnd", abstract: "Train the jobs dropped into a folder.")
}
