import Configuration
import Datasets

/// What the images of each class weigh in training, besides the weight that a table gives each. Validation and test do not
/// know them.
public enum ClassWeights: Sendable, Equatable {
  case none
  /// n / (K n_c) for the n_c of n images that are of class c among K, so that every class weighs the same (scikit-learn's
  /// `balanced`). A soft label counts for the likelier class.
  case auto
  case given([Double])

  static let words = ["auto", "none"]
  static let range = 1e-6...1e6
  static let kind = ValueKind.anyOf([.choice(words), .list(.number(range))])

  init(_ node: Node) throws(ConfigurationError) {
    if let elements = node.elements {
      guard elements.count > 1 else {
        throw node.error("`classWeights` must have a weight for each class", hint: "write one weight a class: [1, 2.5]")
      }
      var weights: [Double] = []
      for element in elements { weights.append(try element.number("classWeights", in: Self.range)) }
      self = .given(weights)
    } else {
      guard node.keys == nil else { throw node.mismatch("classWeights", Self.kind) }
      self = try node.choice("classWeights", of: Self.words) == "auto" ? .auto : .none
    }
  }

  /// As it stands in a document.
  var json: JSON {
    switch self {
    case .none: "none"
    case .auto: "auto"
    case .given(let weights): .array(weights.map(JSON.number))
    }
  }

  /// The weight of each class; nil if there are not as many as classes.
  package func weights(of labels: [Int], classes: Int) -> [Double]? {
    switch self {
    case .none: return [Double](repeating: 1, count: classes)
    case .given(let weights): return weights.count == classes ? weights : nil
    case .auto:
      var counts = [Int](repeating: 0, count: classes)
      for label in labels { counts[label] += 1 }
      // A class of soft labels alone may have no image that is likelier of it.
      return counts.map { $0 > 0 ? Double(labels.count) / (Double(classes) * Double($0)) : 1 }
    }
  }

  /// Weights that the job gives.
  var count: Int { if case .given(let weights) = self { weights.count } else { 0 } }

  /// The examples with their weights multiplied; nil if the weights do not fit the classes.
  func applied(to examples: [Example], classes: Int) -> [Example]? {
    let labels = examples.map { hardLabel($0.target, classes: classes) }
    guard let weights = weights(of: labels, classes: classes) else { return nil }
    return zip(examples, labels).map { example, label in
      var example = example
      example.weight *= Float(weights[label])
      return example
    }
  }
}
