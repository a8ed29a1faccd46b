import CLinux
import Glibc

/// How many threads of this process can work at the same time: the processors that it may run on (`taskset`, a cpuset),
/// and no more than its control groups give it the time of (`CPUQuota=` of systemd, `--cpus` of a container).
///
/// A part of a processor counts as a whole one: the quota of 1.5 processors gives work to two threads.
public func processorCount() -> Int {
  let allowed = Int(linux_available_processors())
  let usable = allowed > 0 ? allowed : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  return ControlGroups.own.processors.map { min(usable, $0) } ?? usable
}

/// The bytes of memory that this process can have: the machine's, unless a control group (`MemoryMax=` of systemd) or
/// the limit of its address space (`ulimit -v`) grants less.
public func memoryLimit() -> Int {
  var limit = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
  var space = rlimit()
  if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &space) == 0 {
    limit = min(limit, Int(clamping: space.rlim_cur))
  }
  return ControlGroups.own.memory.map { min(limit, $0) } ?? limit
}
