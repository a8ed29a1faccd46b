public import Configuration

/// Every layer that a job file may name.
public let layerCatalogue = Catalogue<any Layer>(
  "layer",
  [
    .init(Conv2d.self) { $0 },
    .init(Conv1d.self) { $0 },
    .init(MaxPool2d.self) { $0 },
    .init(AvgPool2d.self) { $0 },
    .init(MaxPool1d.self) { $0 },
    .init(AvgPool1d.self) { $0 },
    .init(GlobalAvgPool.self) { $0 },
    .init(Relu.self) { $0 },
    .init(LeakyRelu.self) { $0 },
    .init(Sigmoid.self) { $0 },
    .init(Tanh.self) { $0 },
    .init(BatchNorm.self) { $0 },
    .init(Dropout.self) { $0 },
    .init(Rows.self) { $0 },
    .init(Flatten.self) { $0 },
    .init(Linear.self) { $0 },
  ])
