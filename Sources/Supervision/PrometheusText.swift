/// Figures in Prometheus' text format, version 0.0.4, for the node exporter's textfile collector.
package struct PrometheusText {
  package private(set) var text = ""

  package init() {}

  /// A family of figures that go up and down, one sample for each set of labels. A family without samples is left out.
  package mutating func gauge(_ name: String, _ help: String, _ samples: [([(String, String)], Double)]) {
    family(name, "gauge", help, samples)
  }

  /// A family of figures that only grow while the daemon lives.
  package mutating func counter(_ name: String, _ help: String, _ samples: [([(String, String)], Double)]) {
    family(name, "counter", help, samples)
  }

  private mutating func family(
    _ name: String, _ kind: String, _ help: String, _ samples: [([(String, String)], Double)]
  ) {
    guard !samples.isEmpty else { return }
    text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind)\n"
    for (labels, value) in samples {
      let pairs = labels.map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
      text += name + (pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") + " \(Self.written(value))\n"
    }
  }

  private static func written(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
