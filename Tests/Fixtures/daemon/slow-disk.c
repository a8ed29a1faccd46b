// A disk that takes its time, for tests: loaded before the C library (LD_PRELOAD), it makes calls about some paths wait.
//
//   SLOW_PATH     a part of the paths that are slow
//   SLOW_SECONDS  how long each of the calls takes
//   SLOW_CALLS    which: "open" (images), "sync" (fsync, syncfs), "all"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

static void wait_if(const char *call, const char *path) {
  const char *calls = getenv("SLOW_CALLS"), *part = getenv("SLOW_PATH"), *seconds = getenv("SLOW_SECONDS");
  if (!calls || !part || !seconds || !path || !strstr(path, part)) return;
  if (strcmp(calls, "all") && strcmp(calls, call)) return;
  double rest = atof(seconds);
  struct timespec time = {.tv_sec = (time_t)rest, .tv_nsec = (long)((rest - (double)(time_t)rest) * 1e9)};
  while (nanosleep(&time, &time)) {
  }
}

static void wait_if_open(const char *call, int descriptor) {
  char name[64], path[4096];
  snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
  ssize_t count = readlink(name, path, sizeof path - 1);
  if (count < 0) return;
  path[count] = 0;
  wait_if(call, path);
}

#define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  wait_if("open", path);
  return REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  wait_if("open", path);
  return REAL(open64)(path, flags, mode);
}

int fsync(int descriptor) {
  wait_if_open("sync", descriptor);
  return REAL(fsync)(descriptor);
}

int fdatasync(int descriptor) {
  wait_if_open("sync", descriptor);
  return REAL(fdatasync)(descriptor);
}

int syncfs(int descriptor) {
  wait_if_open("sync", descriptor);
  return REAL(syncfs)(descriptor);
}

int rename(const char *from, const char *to) {
  wait_if("rename", to);
  return REAL(rename)(from, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
  wait_if("rename", to);
  return REAL(renameat2)(from_folder, from, to_folder, to, flags);
}

int statvfs(const char *path, struct statvfs *status) {
  wait_if("statvfs", path);
  return REAL(statvfs)(path, status);
}
