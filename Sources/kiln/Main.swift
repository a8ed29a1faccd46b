import Commands
import DurableFiles
import Glibc

@main
enum Main {
  static func main() {
    // Nobody can be told of it: sysexits.h's "the system did not give what was asked for".
    guard (try? openStandardDescriptors()) != nil else { exit(71) }
    Kiln.main()
  }
}
