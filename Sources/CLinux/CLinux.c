#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

int linux_rename_no_replace(const char *from, const char *to) {
  return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

int linux_rename_exchange(const char *one, const char *other) {
  return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
}

int linux_sync_file_system(int descriptor) { return syncfs(descriptor); }

int linux_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int linux_signal_descriptor(const sigset_t *signals) {
  return signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int linux_next_signal(int descriptor) {
  struct signalfd_siginfo info;
  ssize_t count = read(descriptor, &info, sizeof info);
  if (count == (ssize_t)sizeof info) return (int)info.ssi_signo;
  return count < 0 && errno == EAGAIN ? 0 : -1;
}

int linux_process_descriptor(pid_t process) {
  return (int)syscall(SYS_pidfd_open, process, 0);
}

int linux_signal_process(int descriptor, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, descriptor, signal, NULL, 0);
}

int linux_event_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int linux_open_standard_descriptors(void) {
  for (int number = 0; number <= 2; number++) {
    if (fcntl(number, F_GETFD) >= 0) continue;
    // The lowest number that is free is this one: all below it are open.
    if (open("/dev/null", O_RDWR) < 0) return -1;
  }
  return 0;
}

// Whoever opens a leased file for writing makes the kernel send SIGIO to the holder of the lease, and a process that
// has no use for that signal dies of it.
static void survive_broken_leases(void) {
  struct sigaction action;
  if (sigaction(SIGIO, NULL, &action) != 0) return;
  if (!(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_DFL) signal(SIGIO, SIG_IGN);
}

int linux_is_being_written(int descriptor) {
  survive_broken_leases();
  // A read lease is granted only while no writer has the file open.
  if (fcntl(descriptor, F_SETLEASE, F_RDLCK) == 0) {
    fcntl(descriptor, F_SETLEASE, F_UNLCK);
    return 0;
  }
  return errno == EAGAIN ? 1 : -1;
}

int linux_close_from(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int linux_limit_memory(pid_t process, size_t bytes) {
  struct rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};
  return prlimit(process, RLIMIT_AS, &limit, NULL);
}

int linux_available_processors(void) {
  // The kernel refuses a set that is smaller than its own (EINVAL), which is larger than cpu_set_t on the largest machines.
  for (int most = CPU_SETSIZE; most <= CPU_SETSIZE << 6; most <<= 1) {
    cpu_set_t *set = CPU_ALLOC(most);
    if (set == NULL) return -1;
    size_t size = CPU_ALLOC_SIZE(most);
    int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : -1;
    int error = errno;
    CPU_FREE(set);
    errno = error;
    if (count >= 0 || errno != EINVAL) return count;
  }
  return -1;
}

// One name after the other: what openat2 does in one call, for where a sandbox forbids that call because it cannot see
// what it is asked for (systemd's RestrictSUIDSGID). Takes `folder` over.
static int walk_beneath(int folder, const char *path) {
  while (folder >= 0 && *path) {
    size_t length = strcspn(path, "/");
    char name[NAME_MAX + 1];
    int leaves = length == 2 && path[0] == '.' && path[1] == '.';
    if (length > NAME_MAX || leaves) {
      close(folder);
      errno = leaves ? EXDEV : ENAMETOOLONG;
      return -1;
    }
    memcpy(name, path, length);
    name[length] = '\0';
    path += length + strspn(path + length, "/");
    int next = openat(folder, length ? name : ".", O_PATH | O_NOFOLLOW | O_CLOEXEC | (*path ? O_DIRECTORY : 0));
    int error = errno;
    close(folder);
    errno = error;
    folder = next;
  }
  struct stat status;
  if (folder >= 0 && fstat(folder, &status) == 0 && S_ISLNK(status.st_mode)) {
    close(folder);
    errno = ELOOP;
    return -1;
  }
  return folder;
}

int linux_open_beneath(const char *root, const char *path) {
  int folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return -1;
  struct open_how how = {
      .flags = O_PATH | O_CLOEXEC,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  int descriptor = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
  if (descriptor < 0 && (errno == ENOSYS || errno == EPERM)) return walk_beneath(folder, path);
  int error = errno;
  close(folder);
  errno = error;
  return descriptor;
}

int linux_send_datagram(const char *address, const void *bytes, size_t count) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  size_t length = strlen(address);
  if (length == 0 || length >= sizeof name.sun_path) {
    errno = EINVAL;
    return -1;
  }
  memcpy(name.sun_path, address, length);
  // A name that is no path begins with a zero byte and ends where its length says.
  if (address[0] == '@') name.sun_path[0] = '\0';
  int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -1;
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
  ssize_t sent = sendto(descriptor, bytes, count, MSG_NOSIGNAL, (struct sockaddr *)&name, size);
  int error = errno;
  close(descriptor);
  errno = error;
  return sent < 0 ? -1 : 0;
}
