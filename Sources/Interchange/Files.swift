import DurableFiles

/// Runs `body`, whose failures become errors of this target.
func onDisk<Value>(_ body: () throws(FileError) -> Value) throws(InterchangeError) -> Value {
  do { return try body() } catch { throw .file(error) }
}
