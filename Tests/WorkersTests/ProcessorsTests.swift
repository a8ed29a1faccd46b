import Foundation
import Testing
import Workers

@Suite struct ProcessorsTests {
  @Test(arguments: [
    ("150000 100000\n", 1.5), ("100000 100000", 1), ("20000 100000", 0.2), ("50000 25000\n", 2), ("300000", 3),
  ])
  func readsAQuota(_ text: String, _ share: Double) {
    #expect(ControlGroups.share(ofCPUMax: text) == share)
  }

  @Test(arguments: ["max 100000\n", "max", "-1 100000", "0 100000", "", "\n", "1000 0", "1000 x", "x 100000", "1e5 1"])
  func findsNoQuotaWhereThereIsNone(_ text: String) {
    #expect(ControlGroups.share(ofCPUMax: text) == nil)
  }

  private func groups(_ membership: String?, _ files: [String: String]) -> ControlGroups {
    ControlGroups(membership: membership, below: "/cg") { files[$0] }
  }

  @Test func theLeastQuotaOnTheWayUpDecides() {
    let files = [
      "/cg/user.slice/kiln.service/cpu.max": "max 100000", "/cg/user.slice/cpu.max": "250000 100000",
      "/cg/other.slice/cpu.max": "10000 100000", "/cg/user.slice/kiln.service/memory.max": "max",
      "/cg/user.slice/memory.max": "1073741824",
    ]
    let found = groups("0::/user.slice/kiln.service\n", files)
    #expect(found.processors == 3, "2.5 processors give work to three threads")
    #expect(found.memory == 1 << 30)
    #expect(groups("0::/user.slice/kiln.service/below\n", files).processors == 3)
    let elsewhere = groups("0::/system.slice\n", files)
    #expect(elsewhere.processors == nil && elsewhere.memory == nil)
  }

  @Test func readsVersionOne() {
    let membership = "9:name=systemd:/\n3:cpuset:/x\n2:cpu,cpuacct:/docker/1\n1:memory:/docker/1\n0::/\n"
    for folder in ["cpu,cpuacct", "cpu"] {
      let found = groups(
        membership,
        [
          "/cg/\(folder)/docker/1/cpu.cfs_quota_us": "50000\n", "/cg/\(folder)/docker/1/cpu.cfs_period_us": "100000\n",
          "/cg/\(folder)/cpu.cfs_quota_us": "-1\n", "/cg/\(folder)/cpu.cfs_period_us": "100000\n",
          "/cg/memory/docker/1/memory.limit_in_bytes": "4096\n",
          "/cg/memory/memory.limit_in_bytes": "9223372036854771712\n",
        ])
      #expect(found.processors == 1, "half a processor is one thread")
      #expect(found.memory == 4096)
    }
  }

  @Test func takesTheRootForTheGroupWhereProcIsHidden() {
    #expect(groups(nil, ["/cg/cpu.max": "200000 100000"]).processors == 2)
    #expect(groups(nil, ["/cg/cpu/cpu.cfs_quota_us": "200000", "/cg/cpu/cpu.cfs_period_us": "100000"]).processors == 2)
    #expect(groups(nil, [:]).processors == nil)
    #expect(groups("nonsense\n\n::", [:]).processors == nil)
    #expect(groups("0::/../x\n", ["/cg/cpu.max": "200000 100000", "/cg/../x/cpu.max": "1 1"]).processors == 2)
  }

  /// This process may run on one processor alone while it is asked.
  @Test func heedsTheAffinityOfTheProcess() throws {
    #expect((1...sysconf(Int32(_SC_NPROCESSORS_ONLN))).contains(processorCount()))
    #expect(memoryLimit() > 0)
  }
}
