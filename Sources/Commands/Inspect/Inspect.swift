import ArgumentParser
import Charts
import Checkpoints
import DurableFiles
import Images

/// `kiln inspect`: what is in a checkpoint.
struct Inspect: Command {
  static let configuration = CommandConfiguration(
    abstract: "Show what is in a checkpoint, or in any safetensors file.",
    discussion: """
      CHECKPOINT is a safetensors file of any program, a checkpoint's directory, a link to one (RUN/best, RUN/latest), or \
      a run's directory, which stands for its newest valid checkpoint. Of each tensor the table has the shape and figures \
      of its finite values; a file may be larger than memory. What a checkpoint of Kiln's belongs to is shown as a job file \
      says it.

        kiln inspect runs/solar-cells/best
        kiln inspect runs/solar-cells --filters filters.png --layer 2
        kiln inspect model.safetensors --tensor 0.weight --output weight.npy

      --filters draws each weight as a square of whole pixels, all on one scale: filters of three input channels in colour, \
      others as a picture for each input channel, or as the mean over them where that would be more than 4096 pictures. \
      Files that are written replace those of their names.
      Exit status: 0, 65 if it is damaged, 66 if there is none or nothing of that name in it, 74 if a file cannot be read \
      or written now.
      """)

  @Argument(help: "A model file, a checkpoint or a run.", completion: .file())
  var checkpoint: String
  @Option(help: "Draw a convolution's filters to this PNG file.", completion: .file(extensions: ["png"]))
  var filters: String?
  @Option(help: "The layer to draw: what stands before `.weight`; left out, the first convolution.") var layer: String?
  @Option(help: "Show this tensor with its values.") var tensor: String?
  @Option(
    help: "Write the tensor to this file, .npy or .csv, instead of showing it.",
    completion: .file(extensions: ["npy", "csv"])) var output: String?
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if layer != nil && filters == nil { throw ValidationError("--layer is the layer that --filters FILE.png draws") }
    if output != nil && tensor == nil { throw ValidationError("--output is for the tensor that --tensor NAME names") }
    if filters != nil && tensor != nil { throw ValidationError("--filters and --tensor are two wishes; give one") }
  }

  func run(on console: Console) throws {
    let files = try CheckpointFiles(named: checkpoint)
    for damage in files.passedOver { console.complain("kiln: passed over: \(damage)") }
    if let filters { return try draw(files, to: filters, console) }
    if let tensor { return try show(CheckpointTensor(named: tensor, in: files), console) }
    let report = try CheckpointReport(files)
    try console.answer(
      CheckpointJSON(report), asJSON: json, text: CheckpointText(report: report, columns: console.columns).text)
  }

  private func draw(_ files: CheckpointFiles, to path: String, _ console: Console) throws {
    let picture = try FilterPicture(of: files, layer: layer)
    let canvas = picture.sheet.drawn
    try publish(
      encodePNG(canvas.pixels, width: canvas.width, height: canvas.height, channels: 3), to: path, .atomic)
    try console.answer(picture.summary(path), asJSON: json, text: picture.text(path))
  }

  private func show(_ tensor: CheckpointTensor, _ console: Console) throws {
    guard let output else {
      let survey = try tensor.file.survey(of: tensor.place)
      return try console.answer(
        TensorValuesJSON(tensor, survey), asJSON: json,
        text: TensorText(tensor: tensor, survey: survey, columns: console.columns).text())
    }
    let format = try TensorExport(path: output)
    try publish(try format.bytes(of: tensor), to: output, .atomic)
    let place = tensor.place
    try console.answer(
      TensorJSON(place, layer: "", nil), asJSON: json,
      text: "\(output): \(place.count.grouped) values of \(place.name) (\(place.typeName), \(place.shapeText))")
  }
}
