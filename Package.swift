// swift-tools-version: 6.2
import PackageDescription

/// The instruction set that the kernels are compiled for. `native` is this machine's own;
/// a package for others sets KILN_MARCH=x86-64-v3 (AVX2) or x86-64 (portable, slow).
let march = Context.environment["KILN_MARCH"] ?? "native"

/// Warnings are errors in CI, and advice on a developer's machine.
let strict: [SwiftSetting] =
  Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

let house: [SwiftSetting] =
  [.enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("ExistentialAny")] + strict

/// Inner loops: no checks of indices or overflow, the chosen instruction set. Only targets fenced for raw pointers.
/// KILN_CHECKED=1 keeps their preconditions, for scripts/lanes/checked.
let checking: [SwiftSetting] =
  Context.environment["KILN_CHECKED"] == "1" ? [.define("KILN_CHECKED")] : [.unsafeFlags(["-Ounchecked"])]
let innerLoops: [SwiftSetting] = house + checking + [.unsafeFlags(["-Xcc", "-march=\(march)"])]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")

func library(_ name: String, _ dependencies: [Target.Dependency] = [], _ settings: [SwiftSetting] = house) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies, swiftSettings: house)
}

let package = Package(
  name: "kiln",
  products: [
    .executable(name: "kiln", targets: ["kiln"]),
    .executable(name: "kilnd", targets: ["kilnd"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  // A target imports only targets of lower floors; docs/architecture.md says what lives where.
  targets: [
    // Floor 0
    .target(name: "CLinux"),
    .target(name: "CVector"),
    .target(name: "CDigest", linkerSettings: [.linkedLibrary("md")]),
    .target(
      name: "CImageCodecs",
      linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),
    library("Configuration", [.product(name: "Yams", package: "Yams")]),
    library("DurableFiles", ["CDigest", "CLinux"]),
    library("Resampling", [], innerLoops),
    library("Workers", ["CLinux"]),
    // Floor 1
    library("Tensors", ["CVector"], innerLoops),
    library("Images", ["CImageCodecs", "DurableFiles", "Resampling", "Workers"]),
    library("Figures"),
    library("RunFiles", ["DurableFiles", "Figures", "Workers"]),
    // Floor 2
    library("Charts", ["DurableFiles", "Figures", "RunFiles"]),
    library("Kernels", ["CVector", "Tensors"], innerLoops),
    // Floor 3
    library("Networks", ["Configuration", "Kernels", "Tensors", "Workers"]),
    library("Checkpoints", ["DurableFiles", "RunFiles", "Workers"]),
    library("Datasets", ["Configuration", "DurableFiles", "Images", "Kernels", "Tensors", "Workers"]),
    library("Optimization", ["Configuration", "Kernels", "Tensors"]),
    // Floor 4
    library(
      "Training",
      [
        "Charts", "Checkpoints", "Configuration", "Datasets", "DurableFiles", "Figures", "Images", "Kernels",
        "Networks",
        "Optimization", "RunFiles", "Tensors", "Workers",
      ]),
    library("Jobs", ["DurableFiles", "RunFiles"]),
    // Floor 5
    library(
      "Manifests",
      [
        "Configuration", "Datasets", "DurableFiles", "Images", "Networks", "Optimization", "RunFiles", "Tensors",
        "Training",
      ]),
    .target(
      name: "Interchange",
      dependencies: [
        "Checkpoints", "Configuration", "Datasets", "DurableFiles", "Images", "Kernels", "Networks", "RunFiles",
        "Tensors", "Training", protobuf,
      ],
      exclude: ["ONNX/onnx.proto", "ONNX/onnx.sha256"], swiftSettings: house),
    library("Supervision", ["CLinux", "DurableFiles", "Jobs", "RunFiles", "Workers", logging]),
    // Floor 6
    library(
      "Lessons", ["Charts", "Configuration", "Manifests", "Networks", "Optimization", "Tensors", "Training", "Workers"]),
    // Floor 7
    library(
      "Commands",
      [
        "CLinux", "Charts", "Checkpoints", "Configuration", "Datasets", "DurableFiles", "Figures", "Images",
        "Interchange", "Jobs", "Kernels", "Lessons", "Manifests", "Networks", "Optimization", "RunFiles", "Supervision",
        "Tensors", "Training", "Workers", argumentParser,
      ]),
    // Floor 8
    program("kiln", ["Commands", "DurableFiles"]),
    program("kilnd", ["DurableFiles", "Jobs", "RunFiles", "Supervision", argumentParser, logging]),
    // Tests
    .target(name: "TemporaryFolder", path: "Tests/TemporaryFolder", swiftSettings: house),
    tests("Configuration"),
    tests("DurableFiles", ["TemporaryFolder"]),
    tests("Resampling"),
    tests("Workers"),
    tests("Kernels", ["Tensors"]),
    tests("Tensors"),
    tests("Images", ["TemporaryFolder"]),
    tests("Figures", ["RunFiles", "Tensors"]),
    tests("RunFiles", ["DurableFiles", "Figures", "TemporaryFolder", "Workers"]),
    tests("Charts", ["Figures", "RunFiles"]),
    tests("Networks", ["Checkpoints", "Configuration", "Kernels", "Optimization", "Tensors", "Training", "Workers"]),
    tests("Checkpoints", ["DurableFiles", "RunFiles", "TemporaryFolder", "Workers"]),
    tests("Datasets", ["Configuration", "DurableFiles", "Images", "TemporaryFolder", "Tensors", "Workers"]),
    tests(
      "Training",
      [
        "Charts", "Checkpoints", "Configuration", "Datasets", "DurableFiles", "Figures", "Kernels", "Networks",
        "Optimization", "RunFiles", "TemporaryFolder", "Tensors", "Workers",
      ]),
    tests("Optimization", ["Configuration", "Tensors"]),
    tests("Jobs", ["DurableFiles", "RunFiles", "TemporaryFolder"]),
    tests(
      "Manifests",
      [
        "Checkpoints", "Configuration", "Datasets", "DurableFiles", "Networks", "Optimization", "RunFiles",
        "TemporaryFolder", "Training",
      ]),
    tests(
      "Interchange",
      [
        "Checkpoints", "Configuration", "Datasets", "DurableFiles", "Images", "Networks", "RunFiles", "TemporaryFolder",
        "Tensors", "Training", "Workers", protobuf,
      ]),
    tests("Supervision", ["DurableFiles", "Jobs", "RunFiles", "TemporaryFolder"]),
    tests("Lessons", ["Configuration", "Networks", "Tensors", "Workers"]),
    tests(
      "Commands",
      [
        "Checkpoints", "Configuration", "Datasets", "DurableFiles", "Images", "Jobs", "Networks", "RunFiles",
        "TemporaryFolder", "Tensors", "Training", argumentParser,
      ]),
    .testTarget(name: "EndToEndTests", dependencies: ["kiln", "kilnd", "TemporaryFolder"], swiftSettings: house),
  ]
)

/// A lane of CI builds the tests of a few targets, and what they need: KILN_TESTS=Workers,Datasets.
if let wanted = Context.environment["KILN_TESTS"] {
  var needed = Set(wanted.split(separator: ",").map { "\($0)Tests" })
  var count = 0
  while count < needed.count {
    count = needed.count
    for target in package.targets where needed.contains(target.name) {
      for case .byNameItem(let name, _) in target.dependencies { needed.insert(name) }
    }
  }
  package.targets.removeAll { !needed.contains($0.name) }
  package.products = []
}

/// scripts/fuzz builds a program of its own, and instruments what it reads with. No file reaches the kernels, which would
/// take minutes.
if Context.environment["KILN_FUZZ"] == "1" {
  let read: [Target.Dependency] = [
    "Checkpoints", "Configuration", "Datasets", "Images", "Jobs", "Manifests", "RunFiles",
  ]
  package.targets.removeAll { $0.isTest || $0.type == .executable }
  for target in package.targets {
    switch target.name {
    case "Kernels": target.swiftSettings = [.unsafeFlags(["-Onone"])]
    case "CImageCodecs": target.cSettings = [.unsafeFlags(["-fsanitize=fuzzer-no-link,address"])]
    default: target.swiftSettings?.append(.unsafeFlags(["-sanitize=fuzzer,address"]))
    }
  }
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: read, path: "Tests/Fuzz", swiftSettings: house,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]))
  package.products = []
}
