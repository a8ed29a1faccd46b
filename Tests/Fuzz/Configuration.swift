import Configuration
import Manifests

/// kilnd.yaml.
@Sendable func readConfiguration(_ bytes: [UInt8]) throws {
  _ = try Document.parse(bytes, file: "kilnd.yaml").read(DaemonDeclaration.self)
}
