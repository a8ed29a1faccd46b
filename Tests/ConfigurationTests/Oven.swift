import Configuration

/// A made-up mapping with a key of every kind.
struct Oven: Configurable, Equatable {
  static let keyword = "oven"
  static let summary = "Burns clay."

  enum Fuel: String, CaseIterable, Sendable { case wood, gas }

  var firings: Int
  var heat: Double
  var lit: Bool
  var owner: String?
  var fuel: Fuel
  var shelf: Pair
  var rest: Span
  var flueHeight: Double
  var glaze: Glaze

  init(reading fields: inout Fields) throws(ConfigurationError) {
    firings = try fields.integer("firings", in: 1...1000, "how often")
    heat = try fields.number("heat", in: 0...1, default: 0.5, "share of the full fire")
    lit = try fields.boolean("lit", default: false, "already burning")
    owner = try fields.optionalText("owner", "who to call")
    fuel = try fields.choice("fuel", of: Fuel.self, default: .wood, "what burns")
    shelf = try fields.pair("shelf", in: 1...64, default: Pair(3), "bricks")
    rest = try fields.span("rest", default: .epochs(1), "pause between firings")
    flueHeight = try fields.section("flue", "the chimney") { (flue) throws(ConfigurationError) in
      try flue.number("height", in: 0...30, default: 2, "metres")
    }
    glaze = try fields.oneOf("glaze", Glaze.catalogue, default: .clear, "the last coat")
  }
}

enum Glaze: Sendable, Equatable {
  case clear
  case celadon(iron: Double)

  static let catalogue = Catalogue<Glaze>(
    "glaze", [.init(Clear.self) { _ in .clear }, .init(Celadon.self) { .celadon(iron: $0.iron) }])

  struct Clear: Configurable {
    static let keyword = "clear"
    static let summary = "No colour."
    init(reading fields: inout Fields) {}
  }

  struct Celadon: Configurable {
    static let keyword = "celadon"
    static let summary = "Green, of iron."
    var iron: Double
    init(reading fields: inout Fields) throws(ConfigurationError) {
      iron = try fields.number("iron", in: 0...0.1, "share of iron")
    }
  }
}

func oven(_ text: String) throws -> Oven {
  try Document.parse(text, file: "oven.yaml").read(Oven.self)
}

/// The report about a document that must be refused; nil if it is accepted.
func report(_ text: String) -> String? {
  do {
    _ = try oven(text)
    return nil
  } catch {
    return "\(error)"
  }
}

/// The first line of the report, without the file's name.
func headline(_ text: String) -> String? {
  report(text)?.split(separator: "\n").first.map { String($0.dropFirst("oven.yaml:".count)) }
}
