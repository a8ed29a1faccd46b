import Kernels

extension MaximumOperation: EpilogueGiving {
  var epilogueLayer: EpilogueLayer? { geometry.isTwoByTwo ? .maximum : nil }
}

extension NormalizationOperation: EpilogueGiving {
  /// A flat list's features are no channels of an image.
  var epilogueLayer: EpilogueLayer? { geometry.isFlat ? nil : .normalization(self) }
}

extension RectifierOperation: EpilogueGiving {
  var epilogueLayer: EpilogueLayer? { .rectifier }
}
