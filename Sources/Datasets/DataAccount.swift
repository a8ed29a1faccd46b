import DurableFiles
public import Images

/// What a job's data are: which image of which class goes to which part, how each was read, and what was passed over.
public struct DataAccount: Sendable {
  /// One image of the set.
  public struct Row: Sendable {
    /// Relative to the account's folder.
    public let path: String
    /// As a table has it: the name of a class, its number, or a probability.
    public let label: String
    /// The index of the class; of a probability, of the likelier one.
    public let classIndex: Int
    public let part: Part
    public let weight: Float
    /// What was found out when the image was decoded; nil if it was not decoded, or cannot be used.
    public let finding: ImageFinding?
    /// Why it cannot be used.
    public let fault: String?
  }

  /// The deepest folder that holds all images; paths are relative to it.
  public let folder: String
  public let classes: [String]
  /// The labels are names; else numbers.
  public let hasNamedClasses: Bool
  /// In the order of the bytes of their paths.
  public let rows: [Row]
  /// Paths are relative to the account's folder too.
  public let passedOver: [(path: String, reason: PassedOver.Reason)]
  /// What is seen where an image is transparent.
  public let background: ImageReading.Background
  /// Words about the division into parts.
  public let warnings: [String]
  /// Whether the images were decoded.
  public let isDecoded: Bool

  /// - Parameters:
  ///   - declaration: by which the set was loaded.
  ///   - reading: by which its images were decoded.
  ///   - surveys: of the parts; empty if nothing was decoded.
  public init(
    _ set: Dataset, _ declaration: DataDeclaration, as reading: ImageReading, surveys: [Part: Survey] = [:]
  ) {
    let parts = Part.allCases.map { ($0, set[$0]) }
    folder = Self.commonFolder(parts.flatMap { $0.1.map(\.folder) })
    let base = folder
    classes = set.classes
    hasNamedClasses = set.hasNamedClasses
    background = reading.alpha
    isDecoded = !surveys.isEmpty
    warnings = Self.warnings(about: set, declaration)
    var rows: [Row] = []
    for (part, examples) in parts {
      let faults = Dictionary(
        (surveys[part]?.skipped ?? []).map { ($0.index, $0.reason) }, uniquingKeysWith: { first, _ in first })
      for (index, example) in examples.enumerated() {
        let classIndex = hardLabel(example.target, classes: set.classes.count)
        rows.append(
          Row(
            path: Self.relative(example.path, to: base),
            label: set.hasNamedClasses ? set.classes[classIndex] : Self.number(example.target),
            classIndex: classIndex, part: part, weight: example.weight, finding: surveys[part]?.findings[index],
            fault: faults[index]))
      }
    }
    self.rows = rows.sorted { ByteText($0.path) < ByteText($1.path) }
    passedOver = set.passedOver.map { (Self.relative("\($0.folder)/\($0.path)", to: base), $0.reason) }
      .sorted { ByteText($0.0) < ByteText($1.0) }
  }

  /// The images of a class in a part.
  public func count(_ classIndex: Int, in part: Part) -> Int { counts[classIndex][part] ?? 0 }

  /// By class, then by part.
  public var counts: [[Part: Int]] {
    var counts = [[Part: Int]](repeating: [:], count: classes.count)
    for row in rows { counts[row.classIndex][row.part, default: 0] += 1 }
    return counts
  }

  /// "3 .txt, 1 hidden", the most first.
  public static func list(_ reasons: some Sequence<PassedOver.Reason>) -> String {
    var counts: [PassedOver.Reason: Int] = [:]
    for reason in reasons { counts[reason, default: 0] += 1 }
    let sorted = counts.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
    return sorted.map { "\($0.value) \($0.key.description)" }.joined(separator: ", ")
  }

  private static func warnings(about set: Dataset, _ declaration: DataDeclaration) -> [String] {
    var warnings: [String] = []
    if set.validation.isEmpty, let wish = wish(for: declaration) {
      warnings.append("\(wish) leaves no image to validate: no class has two that may be chosen from")
    }
    if declaration.test > 0, set.test.isEmpty {
      warnings.append("test: \(declaration.test) leaves no image to test: no class has two that may be chosen from")
    }
    for (part, examples) in [(Part.validation, set.validation), (.test, set.test)] where !examples.isEmpty {
      let present = Set(examples.map { hardLabel($0.target, classes: set.classes.count) })
      let absent = set.classes.indices.filter { !present.contains($0) }.map { printable(set.classes[$0]) }
      guard !absent.isEmpty else { continue }
      let names = absent.prefix(5).joined(separator: ", ") + (absent.count > 5 ? ", …" : "")
      warnings.append("the \(part.adjective) images have none of \(names)")
    }
    return warnings
  }

  private static func wish(for declaration: DataDeclaration) -> String? {
    if let folds = declaration.folds { return "fold \(folds.index) of \(folds.count)" }
    guard case .share(let share) = declaration.validation ?? .share(DataDeclaration.defaultShare), share > 0 else {
      return nil
    }
    return "validation: \(share)"
  }

  static func number(_ target: Float) -> String {
    target == target.rounded() ? "\(Int(target))" : "\(target)"
  }

  private static func commonFolder(_ folders: [String]) -> String {
    let distinct = Set(folders.map(ByteText.init))
    guard var common = distinct.first?.names else { return "/" }
    for folder in distinct {
      common = zip(common, folder.names).prefix { ByteText($0) == ByteText($1) }.map(\.0)
    }
    return "/" + common.joined(separator: "/")
  }

  private static func relative(_ path: String, to folder: String) -> String {
    ByteText(path).after(prefix: folder == "/" ? folder : folder + "/") ?? path
  }
}
