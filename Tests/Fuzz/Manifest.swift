import Manifests

/// A job file.
@Sendable func readManifest(_ bytes: [UInt8]) throws { _ = try Manifest.parse(bytes, file: "job.yaml") }
