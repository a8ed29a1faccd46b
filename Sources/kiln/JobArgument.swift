import Manifests

/// Reads the job file at `path`.
func readManifest(_ path: String) throws -> Manifest {
  let file = JobFile(path)
  return try Manifest.parse(file.read(), file: file.shownPath)
}
