import ArgumentParser

/// The options of the commands that draw where a network looked.
struct ExplanationOptions: ParsableArguments {
  @Option(help: "A PNG of where the network looked: what speaks for and against the class.", completion: .file())
  var explain: String?
  @Flag(help: "With --explain: cover parts of each image, too, which takes as long as 225 images.") var occlusion =
    false
  @Option(help: "With --explain: how many images the picture shows.") var explained = 24

  func validate() throws {
    if explain == nil, occlusion { throw ValidationError("--occlusion goes with --explain") }
    if explained < 1 { throw ValidationError("--explained starts at 1") }
  }
}
