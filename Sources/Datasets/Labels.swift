import DurableFiles

/// What the labels of a data set mean, read from all of them together.
///
/// Names are classes, in the order of their bytes. Whole numbers are class indices. As soon as one label is a
/// fraction, all are probabilities of class 1.
struct Labels {
  var classes: [String]
  /// One target an image, in the images' order.
  var targets: [Float]
  /// The labels are whole numbers or probabilities of a table, and the classes are called as they count.
  private(set) var areNumbers = false
  /// The targets are no longer the labels, but whether these lie above a threshold.
  private var areHardened = false

  /// The most classes that numeric labels may name: a column with greater numbers probably holds something else.
  private static let mostClasses = 10_000

  init(_ images: [LabelledImage]) throws(DatasetError) {
    if let odd = images.first(where: { $0.mayBeNumber && Self.decimalPoint($0.label) != nil }) {
      throw odd.labelError(
        "label '\(odd.label)' has a decimal comma",
        cure: "write \(Self.decimalPoint(odd.label) ?? "a point"), or call the column `class` if it is a name")
    }
    let isNumeric = images.first.map { $0.mayBeNumber && Self.number($0.label) != nil } ?? false
    if isNumeric { try self.init(numbers: images) } else { try self.init(names: images) }
  }

  private init(names images: [LabelledImage]) throws(DatasetError) {
    if let odd = images.first(where: { $0.mayBeNumber && Self.number($0.label) != nil }), let first = images.first {
      throw odd.labelError(
        "label '\(odd.label)' is a number and '\(first.label)' is a name",
        cure: "write all labels as names, or all as numbers; under `class` in place of `label` all are names")
    }
    let names = Set(images.map { ByteText($0.label) }).sorted()
    try Self.refuseLookalikes(among: names, images)
    classes = names.map(\.text)
    let index = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    targets = images.map { Float(index[ByteText($0.label)] ?? 0) }
  }

  /// Refuses two class names that differ in Unicode normalization only. They look the same, and are probably one class
  /// whose images came from two systems: macOS writes an accent as a mark of its own, others write one accented letter.
  private static func refuseLookalikes(among names: [ByteText], _ images: [LabelledImage]) throws(DatasetError) {
    var seen: [String: ByteText] = [:]
    for name in names {
      // Swift compares strings by canonical equivalence, so names that look alike are one key.
      guard let other = seen.updateValue(name, forKey: name.text) else { continue }
      let problem =
        "the classes '\(other.text)' (\(other.spelledOut)) and '\(name.text)' (\(name.spelledOut)) differ in Unicode "
        + "normalization only"
      guard let late = images.last(where: { ByteText($0.label) == name }) else { continue }
      guard late.row == nil else { throw late.labelError(problem, cure: "write both alike") }
      throw .unusable(
        path: late.folder, problem: problem, cure: "put the images into one folder, or give the classes other names")
    }
  }

  private init(numbers images: [LabelledImage]) throws(DatasetError) {
    var numbers: [Double] = []
    numbers.reserveCapacity(images.count)
    for image in images {
      guard image.mayBeNumber, let number = Self.number(image.label) else {
        throw image.labelError(
          "label '\(image.label)' is no number, as '\(images[0].label)' is",
          cure: "write all labels as names, or all as numbers; under `class` in place of `label` all are names")
      }
      numbers.append(number)
    }
    let isProbability = numbers.contains { $0 != $0.rounded() }
    let highest: Double = isProbability ? 1 : Double(Self.mostClasses - 1)
    if let odd = numbers.firstIndex(where: { !(0...highest).contains($0) }) {
      throw images[odd].labelError(
        isProbability ? "label \(images[odd].label) is no probability" : "label \(images[odd].label) is no class",
        cure: isProbability
          ? "the set has fractions, so that every label must lie in 0...1" : "classes count from 0 to \(Int(highest))")
    }
    areNumbers = true
    classes = (0...(isProbability ? 1 : Int(numbers.max() ?? 0))).map(String.init)
    targets = numbers.map { Float($0) }
  }

  /// A decimal number: neither `nan` nor `inf` nor hexadecimal, which in a table are more likely names.
  private static func number(_ text: String) -> Double? {
    let isDecimal = text.utf8.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
    }
    return isDecimal ? Double(text).flatMap { $0.isFinite ? $0 : nil } : nil
  }

  /// A number that is written with a decimal comma, written with a point; nil for any other text.
  static func decimalPoint(_ text: String) -> String? {
    let halves = text.split(separator: ",", omittingEmptySubsequences: false)
    guard halves.count == 2, !halves[1].isEmpty,
      halves[1].utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
      number(String(halves[0])) != nil
    else { return nil }
    return "\(halves[0]).\(halves[1])"
  }

  /// The whole numbers that stand for classes, if they do not count the classes from 0: years, for example.
  var uncounted: [Int]? {
    guard areNumbers, !areHardened, !targets.contains(where: { $0 != $0.rounded() }) else { return nil }
    let present = Set(targets.map { Int($0) }).sorted()
    return present.count < classes.count ? present : nil
  }

  /// Turns probabilities into classes: a target above the threshold becomes class 1, any other class 0.
  mutating func harden(above threshold: Double, for path: String) throws(DatasetError) {
    guard classes.count <= 2 else {
      throw .unusable(
        path: path, problem: "positiveAbove needs two classes, and there are \(classes.count)",
        cure: "leave positiveAbove out")
    }
    areHardened = true
    targets = targets.map { Double($0) > threshold ? 1 : 0 }
  }
}

/// The class of a target: its index, or for a probability the likelier of two.
public func hardLabel(_ target: Float, classes: Int) -> Int {
  classes <= 2 ? (target > 0.5 ? 1 : 0) : Int(target)
}
