import Checkpoints
import Foundation

/// A graph that grows node by node: each reads the value that the one before has made.
struct GrowingGraph {
  private(set) var nodes: [OnnxNode] = []
  private(set) var initializers: [OnnxTensor] = []
  /// What the next node reads.
  private(set) var value: String

  init(reading input: String) { value = input }

  /// Adds a node that reads the value and tensors of the layer.
  ///
  /// - Parameters:
  ///   - parameters: of the layer: `weight` is the tensor `0.weight`.
  ///   - word: after the layer's number, the name of the node and of what it makes; the layer's keyword if not given.
  mutating func add(
    _ operation: String, parameters: [String] = [], _ attributes: [OnnxAttribute] = [], as word: String? = nil,
    at place: LayerPlace
  ) {
    add(
      operation, tensors: parameters.map { "\(place.index).\($0)" }, attributes,
      named: "\(place.index).\(word ?? place.planned.keyword)")
  }

  /// Gives the value other axes.
  /// - Parameter sizes: behind the axis of the images.
  mutating func reshape(to sizes: [Int], _ word: String, at place: LayerPlace) {
    let shape = "\(place.index).\(word).shape"
    // A 0 keeps an axis as it is.
    initializers.append(OnnxTensor(shape, [0] + sizes))
    add("Reshape", tensors: [shape], named: "\(place.index).\(word)")
  }

  /// Adds a node that no layer has, with constants of its own.
  mutating func addLast(_ operation: String, _ attributes: [OnnxAttribute] = [], constants: [(String, Float)] = []) {
    let name = operation.lowercased()
    initializers += constants.map { OnnxTensor("\(name).\($0.0)", shape: [], [$0.1]) }
    add(operation, tensors: constants.map { "\(name).\($0.0)" }, attributes, named: name)
  }

  /// Adds a node that reads a tensor of one number for each channel of an image.
  mutating func add(_ operation: String, _ word: String, channels values: [Float], named name: String) {
    initializers.append(OnnxTensor(word, shape: [1, values.count, 1, 1], values))
    add(operation, tensors: [word], named: name)
  }

  mutating func add(_ operation: String, tensors: [String] = [], _ attributes: [OnnxAttribute] = [], named name: String)
  {
    var node = OnnxNode()
    node.name = name
    node.opType = operation
    node.input = [value] + tensors
    node.output = [name]
    node.attribute = attributes
    nodes.append(node)
    value = name
  }

  /// Gives the value the name of an output of the graph.
  mutating func output(_ name: String) { add("Identity", named: name) }

  mutating func hold(_ tensors: [NamedTensor]) {
    initializers += tensors.map { OnnxTensor($0.name, shape: $0.shape, $0.values) }
  }
}

/// The numbers that ONNX gives to types of elements (`TensorProto.DataType`).
enum OnnxElement: Int32 {
  case float = 1
  case uint8 = 2
  case int64 = 7
}

extension OnnxTensor {
  init(_ name: String, shape: [Int], _ values: [Float]) {
    self.init(name, shape, .float, values.withUnsafeBytes { Data($0) })
  }

  /// A list of whole numbers.
  init(_ name: String, _ values: [Int]) {
    self.init(name, [values.count], .int64, values.map { Int64($0) }.withUnsafeBytes { Data($0) })
  }

  /// - Parameter data: little-endian, as memory is on x86-64 and AArch64.
  private init(_ name: String, _ shape: [Int], _ element: OnnxElement, _ data: Data) {
    self.init()
    self.name = name
    dims = shape.map { Int64($0) }
    dataType = element.rawValue
    rawData = data
  }
}

extension OnnxAttribute {
  static func int(_ name: String, _ value: Int) -> OnnxAttribute {
    var attribute = named(name, .int)
    attribute.i = Int64(value)
    return attribute
  }

  static func ints(_ name: String, _ values: [Int]) -> OnnxAttribute {
    var attribute = named(name, .ints)
    attribute.ints = values.map { Int64($0) }
    return attribute
  }

  static func float(_ name: String, _ value: Float) -> OnnxAttribute {
    var attribute = named(name, .float)
    attribute.f = value
    return attribute
  }

  private static func named(_ name: String, _ type: Kind) -> OnnxAttribute {
    var attribute = OnnxAttribute()
    attribute.name = name
    attribute.type = type
    return attribute
  }
}

extension OnnxValueInfo {
  /// - Parameter sizes: behind the axis of the images, whose length is free.
  init(_ name: String, _ element: OnnxElement, _ sizes: [Int], _ words: String) {
    self.init()
    self.name = name
    docString = words
    var images = OnnxDimension()
    images.dimParam = "images"
    type.tensorType.elemType = element.rawValue
    type.tensorType.shape.dim =
      [images]
      + sizes.map {
        var dimension = OnnxDimension()
        dimension.dimValue = Int64($0)
        return dimension
      }
  }
}
