/// The random streams of data sets: four letters for the purpose, then a number. No two purposes share one.
enum RandomStream {
  static func split(_ label: Int) -> UInt64 { stream("splt", label) }
  static func test(_ label: Int) -> UInt64 { stream("test", label) }
  static func folds(_ label: Int) -> UInt64 { stream("fold", label) }
  static func order(_ epoch: Int) -> UInt64 { stream("ordr", epoch) }
  static func augmentation(_ epoch: Int) -> UInt64 { stream("augm", epoch) }
  static func shift(_ epoch: Int) -> UInt64 { stream("shft", epoch) }
  static func light(_ epoch: Int) -> UInt64 { stream("lght", epoch) }
  static func turn(_ epoch: Int) -> UInt64 { stream("turn", epoch) }
  static func noise(_ epoch: Int) -> UInt64 { stream("nois", epoch) }
  static func erasing(_ epoch: Int) -> UInt64 { stream("eras", epoch) }
  static func mixture(_ epoch: Int) -> UInt64 { stream("mixt", epoch) }

  private static func stream(_ purpose: StaticString, _ number: Int) -> UInt64 {
    let letters = purpose.withUTF8Buffer { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    return letters << 32 | UInt64(UInt32(truncatingIfNeeded: number))
  }
}
