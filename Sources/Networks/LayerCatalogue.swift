public import Configuration

/// Every layer that a job file may name.
public let layerCatalogue = Catalogue<any Layer>(
  "layer",
  [
    .init(Conv2d.self) { $0 },
    .init(MaxPool2d.self) { $0 },
    .init(Relu.self) { $0 },
    .init(BatchNorm.self) { $0 },
    .init(Dropout.self) { $0 },
    .init(Flatten.self) { $0 },
    .init(Linear.self) { $0 },
  ])
