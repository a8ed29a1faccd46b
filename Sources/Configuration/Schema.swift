/// The JSON Schema (draft 7) of a document, for editors. It is made from the declarations that the document is read by.
///
/// - Parameter title: what the document is called.
public func schema<Value: Configurable>(of type: Value.Type, title: String) -> JSON {
  let head: [(key: String, value: JSON)] = [
    ("$schema", "http://json-schema.org/draft-07/schema#"), ("title", .string(title)),
    ("description", .string(Value.summary)),
  ]
  return .object(head + ValueKind.section(declarations(of: type)).constraints)
}

extension KeyDeclaration {
  fileprivate var schema: JSON {
    let meaning: [(key: String, value: JSON)] = doc.isEmpty ? [] : [("description", .string(doc))]
    let standard = defaultValue.map { [(key: "default", value: kind.json($0))] } ?? []
    return .object(meaning + kind.constraints + standard)
  }
}

extension ValueKind {
  fileprivate var schema: JSON { .object(constraints) }

  fileprivate var constraints: [(key: String, value: JSON)] {
    switch self {
    case .integer(let range):
      let least = range.lowerBound == .min ? [] : [(key: "minimum", value: JSON.literal("\(range.lowerBound)"))]
      let most = range.upperBound == .max ? [] : [(key: "maximum", value: JSON.literal("\(range.upperBound)"))]
      return [("type", "integer")] + least + most
    case .number(let range): return [("type", "number")] + Self.bounds(range)
    case .boolean: return [("type", "boolean")]
    case .text: return [("type", "string")]
    case .choice(let words): return [("enum", .array(words.map(JSON.string)))]
    case .pair(let range):
      let axis = ValueKind.integer(range).schema
      return [("anyOf", [axis, ["type": "array", "items": axis, "minItems": 2, "maxItems": 2]])]
    case .span: return [("type", "string"), ("pattern", "^[1-9][0-9]* (epochs?|steps?)$")]
    case .section(let keys): return Self.object(keys)
    case .oneOf(_, let keywords): return [("anyOf", .array(keywords.flatMap(\.schemas)))]
    case .list(let kind): return [("type", "array"), ("items", kind.schema)]
    case .anyOf(let kinds): return [("anyOf", .array(kinds.map(\.schema)))]
    }
  }

  private static func object(_ keys: [KeyDeclaration]) -> [(key: String, value: JSON)] {
    let required = keys.filter { $0.isRequired && $0.substitute == nil }.map { JSON.string($0.key) }
    let either = keys.filter { $0.isRequired && $0.substitute != nil }.map { key -> (key: String, value: JSON) in
      ("oneOf", .array([key.key, key.substitute ?? ""].map { ["required": .array([.string($0)])] }))
    }
    return [
      ("type", "object"), ("properties", .object(keys.map { ($0.key, $0.schema) })),
    ] + (required.isEmpty ? [] : [("required", .array(required))]) + either.prefix(1) + [
      ("additionalProperties", false)
    ]
  }

  private static func bounds(_ range: ClosedRange<Double>) -> [(key: String, value: JSON)] {
    var bounds: [(key: String, value: JSON)] = []
    if range.isAboveZero {
      bounds.append(("exclusiveMinimum", 0))
    } else if range.lowerBound > -.greatestFiniteMagnitude {
      bounds.append(("minimum", .literal(range.lowerBound.written)))
    }
    if range.upperBound < .greatestFiniteMagnitude {
      bounds.append(("maximum", .literal(range.upperBound.written)))
    }
    return bounds
  }

  /// A default as JSON. Numbers, truth values and pairs are written alike in YAML and JSON; any other default is a
  /// string.
  fileprivate func json(_ written: String) -> JSON {
    switch self {
    case .integer, .number, .boolean, .pair: .literal(written)
    default: .string(written)
    }
  }
}

extension KeywordDeclaration {
  /// Schemas of the two ways to write it: the bare keyword, if no setting is required, and the keyword with its
  /// settings.
  fileprivate var schemas: [JSON] {
    let alone: [JSON] = standsAlone ? [["const": .string(keyword), "description": .string(summary)]] : []
    let settings: [(key: String, value: JSON)] =
      [("description", .string(summary))] + ValueKind.section(keys).constraints
    return alone + [
      [
        "type": "object", "properties": .object([(keyword, .object(settings))]), "required": [.string(keyword)],
        "additionalProperties": false,
      ]
    ]
  }
}
