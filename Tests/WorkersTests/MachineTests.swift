import Foundation
import Testing
import Workers

@Suite struct MachineTests {
  @Test func theProcessorIsCalledByItsName() {
    let description = """
      processor\t: 0
      vendor_id\t: GenuineIntel
      model\t\t: 143
      model name\t: Intel(R)  Xeon(R) Platinum 8481C: the first
      flags\t\t: fpu vme

      processor\t: 1
      model name\t: another
      """
    let machine = Machine(host: "a", description: description)
    #expect(machine.processor == "Intel(R) Xeon(R) Platinum 8481C: the first" && machine.host == "a")
    #expect(Machine(host: "a", description: "CPU implementer\t: 0x41\n").processor == "0x41")
    #expect(Machine(host: "a", description: "nonsense").processor == "a processor without a name")
  }

  /// The witness is what the system's own program says.
  @Test func theHostIsTheSystems() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/uname")
    process.arguments = ["-n"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let name = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(Machine.own.host + "\n" == name)
    #expect(!Machine.own.processor.isEmpty)
  }
}
