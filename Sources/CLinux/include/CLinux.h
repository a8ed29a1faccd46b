/// What Linux offers and Swift's Glibc module leaves out, because glibc shows it only under _GNU_SOURCE.
///
/// Every function returns -1 and sets errno on failure, as the calls behind it do.
#pragma once

#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/types.h>

/// Renames without ever replacing what stands at `to` (EEXIST then).
int linux_rename_no_replace(const char *from, const char *to);

/// Puts what stands at each of two paths at the other, in one instant.
int linux_rename_exchange(const char *one, const char *other);

/// Begins to write to the disk what memory has of an open file, and does not wait for it.
int linux_begin_writing(int descriptor);

/// A pipe whose two ends are closed in any program that is executed.
int linux_pipe(int ends[2]);

/// A descriptor that becomes readable when one of `signals` arrives; the caller has blocked them.
int linux_signal_descriptor(const sigset_t *signals);

/// The number of a signal that waits in a descriptor of `linux_signal_descriptor`, or 0 if none does.
int linux_next_signal(int descriptor);

/// A descriptor that becomes readable when the process ends, whoever its parent is.
int linux_process_descriptor(pid_t process);

/// Sends a signal to the process of a descriptor of `linux_process_descriptor`: to that one or to none (ESRCH), whoever
/// has got its number meanwhile.
int linux_signal_process(int descriptor, int signal);

/// A descriptor that becomes readable when eight bytes, a number above 0, are written to it. Reading eight bytes from
/// it makes it silent again; neither waits.
int linux_event_descriptor(void);

/// Opens /dev/null for those of the descriptors 0, 1 and 2 that whoever started this program left closed. Without that
/// the next file to be opened would get such a number, and what is meant for the terminal would be written into it.
int linux_open_standard_descriptors(void);

/// 1: somebody holds the file open for writing; 0: nobody does; -1: the kernel does not say
/// (another user's file, a network file system). `descriptor` is open for reading.
///
/// Takes a lease for an instant, and makes this process ignore SIGIO unless it has a use for it: that is what a writer
/// who comes within that instant makes the kernel send.
int linux_is_being_written(int descriptor);

/// Lets a spawned program start with no descriptor open from `first` on. Returns an error number, as posix_spawn does.
int linux_close_from(posix_spawn_file_actions_t *actions, int first);

/// Sets the most address space, in bytes, that a process of this user may have from now on.
int linux_limit_memory(pid_t process, size_t bytes);

/// How many processors this process may run on.
int linux_available_processors(void);

/// A descriptor that only names what stands at `path` beneath the folder `root`, reached without following a link or
/// leaving the folder on the way (EXDEV, ELOOP, ENOTDIR).
int linux_open_beneath(const char *root, const char *path);

/// Sends a datagram to a local socket: a path, or a name after `@`. Does not wait for room at the other end.
int linux_send_datagram(const char *address, const void *bytes, size_t count);
