import Configuration
import Datasets
import Testing

@Suite struct DataDeclarationTests {
  static func read(_ text: String) throws -> DataDeclaration {
    try Document.parse(text, file: "job.yaml").read(DataDeclaration.self)
  }

  static func error(_ text: String) throws -> ConfigurationError {
    try #require(throws: ConfigurationError.self) { try read(text) }
  }

  @Test func needsNothingButImages() throws {
    #expect(try Self.read("images: cells") == DataDeclaration(images: "cells"))
    #expect(DataDeclaration(images: "cells").maximumSkipped == 0.01)
    #expect(try Self.error("labels: a.csv").message.contains("missing key `images`"))
  }

  @Test func readsEveryKey() throws {
    let declaration = try Self.read(
      """
      images: ../data/elpv
      labels: labels.csv
      validation: 0.25
      normalize: {mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 1]}
      augment: {flip: both, rotate: quarter, shift: 12, brightness: 0.25, contrast: 0.5, angle: 10, scale: 0.2,
        noise: 0.02, erase: {probability: 0.5, area: 0.2}, mixup: 0.2}
      positiveAbove: 0.5
      maximumSkipped: 0.05
      cache: false
      """)
    #expect(
      declaration
        == DataDeclaration(
          images: "../data/elpv", labels: "labels.csv", validation: .share(0.25),
          normalize: .given(ChannelStatistics(mean: [0.1, 0.2, 0.3], deviation: [0.4, 0.5, 1])),
          augment: Augmentation(
            flip: .both, rotate: .quarter, shift: 12, brightness: 0.25, contrast: 0.5, angle: 10, scale: 0.2,
            noise: 0.02,
            erase: Erasing(probability: 0.5, area: 0.2), mixup: 0.2),
          positiveAbove: 0.5, maximumSkipped: 0.05, cache: false))
  }

  @Test(arguments: [
    ("validation: 0", DataDeclaration.Validation.share(0)), ("validation: 0.99", .share(0.99)),
    ("validation: held-out.csv", .path("held-out.csv")), ("validation: ../val", .path("../val")),
  ])
  func tellsAShareFromAPath(line: String, validation: DataDeclaration.Validation) throws {
    #expect(try Self.read("images: cells\n\(line)").validation == validation)
  }

  @Test func readsTheWordsForNormalizing() throws {
    #expect(try Self.read("images: cells\nnormalize: none").normalize == .none)
    #expect(try Self.read("images: cells\nnormalize: dataset").normalize == .dataset)
  }

  @Test(arguments: [
    ("validation: 1", "`validation`"), ("validation: -0.1", "`validation`"), ("validation: [1]", "`validation`"),
    ("normalize: imagenet", "`normalize`"), ("normalize: [1]", "`normalize`"),
    ("normalize: {mean: [0.5, 0.5, 0.5]}", "missing key `std`"),
    ("normalize: {mean: [0.5], std: [1, 1, 1]}", "`mean`"),
    ("normalize: {mean: [123, 117, 104], std: [1, 1, 1]}", "`mean`"),
    ("normalize: {mean: [0, 0, 0], std: [1, 0, 1]}", "`std`"),
    ("augment: {flip: sideways}", "`flip`"), ("augment: {shift: 129}", "`shift`"), ("augment: {shift: 1.5}", "`shift`"),
    ("augment: {angle: 181}", "`angle`"), ("augment: {scale: 0.6}", "`scale`"), ("augment: {noise: 1}", "`noise`"),
    ("augment: {erase: 0.5}", "erase must be a mapping"), ("augment: {erase: {area: 0.01}}", "`area`"),
    ("augment: {mixup: 0.001}", "`mixup`"), ("augment: {mixup: 3}", "`mixup`"),
    ("augment: {brightness: 1}", "`brightness`"), ("augment: {contrast: -0.1}", "`contrast`"),
    ("augment: {turn: quarter}", "unknown key `turn`"),
    ("positiveAbove: 1", "`positiveAbove`"), ("maximumSkipped: 2", "`maximumSkipped`"),
    ("label: labels.csv", "unknown key `label`"),
  ])
  func saysWhichKeyIsWrong(line: String, message: String) throws {
    let error = try Self.error("images: cells\n\(line)")
    #expect(error.message.contains(message))
    #expect(error.line == 2)
  }

  @Test func documentsItsKeys() {
    let keys = declarations(of: DataDeclaration.self)
    #expect(
      keys.map(\.key)
        == [
          "images", "labels", "dataSets", "split", "folds", "validation", "test", "normalize", "augment",
          "positiveAbove", "maximumSkipped", "cache", "alpha", "resize", "jpegScaling",
        ])
    #expect(keys.filter(\.isRequired).map(\.key) == ["images"])
  }
}
