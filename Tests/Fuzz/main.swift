import Foundation

/// Everything that reads bytes of strangers, by name. A new reader is a file here and a line of this table.
let readers: KeyValuePairs<String, @Sendable ([UInt8]) throws -> Void> = [
  "images": readImage,
  "manifest": readManifest,
  "table": readTable,
  "safetensors": readTensors,
  "configuration": readConfiguration,
  "history": readHistory,
  "metrics": readMetrics,
]

// The rest of the arguments are libFuzzer's.
let chosen = CommandLine.arguments.dropFirst().first ?? ""
guard let reader = readers.first(where: { $0.key == chosen })?.value else {
  print(readers.map(\.key).joined(separator: "\n"))
  exit(chosen.isEmpty ? 0 : 64)
}
exit(fuzz(reader, arguments: CommandLine.arguments.filter { $0 != chosen }))
