"""Which descriptor of which process is which file, followed through a recording."""

import os

from disk import File


class Opened:
    """An open file description: what `dup` and children share."""

    def __init__(self, node, path, appends):
        self.node, self.path, self.appends, self.offset = node, path, appends, 0


class Process:
    """What a process has open on the disk, by number, and where it stands. Threads share one."""

    def __init__(self, cwd, files=None):
        self.cwd = cwd
        self.files = dict(files or {})
        self.closing = set()  # Those that an exec closes.

    def forked(self):
        child = Process(self.cwd, self.files)
        child.closing = set(self.closing)
        return child


class Descriptors:
    """The tables of all processes of a recording. Each `do_` takes a call and says whether it changed the disk."""

    def __init__(self, disk, calls, cwd):
        self.disk = disk
        self.cwd = os.fsencode(cwd)
        self.processes = {}
        self.opening = {}  # The path that a call under way opens, and what was there when it began, by thread.
        self.parents = {
            call.result: (call.thread, "CLONE_FILES" in call.text)
            for call in calls if call.name in ("clone", "clone3", "fork", "vfork") and not call.begun}

    def process(self, thread):
        if thread not in self.processes:
            parent, shares = self.parents.get(thread, (None, False))
            if parent is None:
                self.processes[thread] = Process(self.cwd)
            else:
                above = self.process(parent)
                self.processes[thread] = above if shares else above.forked()
        return self.processes[thread]

    # Paths and descriptors

    def full(self, process, path, folder=None):
        if path.startswith(b"/"):
            return path
        if folder is None:
            return os.path.join(process.cwd, path)
        opened = process.files.get(folder)
        return os.path.join(opened.path, path) if opened else b"/elsewhere"

    def place(self, process, path, folder=None):
        return self.disk.place(self.full(process, path, folder))

    def do_open(self, process, call):
        return self.open(process, call, call.arguments[1])

    def do_openat(self, process, call):
        return self.open(process, call, call.arguments[2])

    def do_creat(self, process, call):
        return self.open(process, call, "O_WRONLY|O_CREAT|O_TRUNC")

    def opened(self, process, call):
        """The path that a call opens."""
        if call.name == "openat":
            return self.full(process, call.path(1), call.number(0))
        return self.full(process, call.path(0))

    def found(self, path):
        """What is at a path now, or None."""
        try:
            return self.disk.find(path)
        except KeyError:
            return None

    def open(self, process, call, flags):
        path = self.opened(process, call)
        entered, before = self.opening.pop(call.thread, (None, None))
        self.forget(process, call.result)
        folder, name = self.disk.place(path)
        if folder is None:
            return False
        changed = False
        node = self.disk.followed(folder, folder.names.get(name)) if name else folder
        if node is None and path == entered:
            node = before
        if node is None:
            if "O_CREAT" not in flags:
                raise KeyError(f"the recording opens {path!r}, which is not there")
            node = folder.names[name] = File()
            changed = True
        if "O_TRUNC" in flags and node.bytes:
            node.bytes = b""
            changed = True
        process.files[call.result] = Opened(node, path, "O_APPEND" in flags)
        if "O_CLOEXEC" in flags:
            process.closing.add(call.result)
        return changed

    def forget(self, process, number):
        process.files.pop(number, None)
        process.closing.discard(number)

    def do_close(self, process, call):
        self.forget(process, call.number(0))

    def do_close_range(self, process, call):
        if "CLOEXEC" not in call.text:
            for number in [n for n in process.files if call.number(0) <= n <= call.number(1)]:
                self.forget(process, number)

    def copy(self, process, call, closes):
        self.forget(process, call.result)
        if opened := process.files.get(call.number(0)):
            process.files[call.result] = opened
            if closes:
                process.closing.add(call.result)

    def do_dup(self, process, call):
        self.copy(process, call, False)

    def do_dup2(self, process, call):
        if call.number(0) != call.number(1):
            self.copy(process, call, False)

    def do_dup3(self, process, call):
        self.copy(process, call, "O_CLOEXEC" in call.text)

    def do_fcntl(self, process, call):
        if call.arguments[1].startswith("F_DUPFD"):
            self.copy(process, call, "CLOEXEC" in call.arguments[1])
        elif call.arguments[1] == "F_SETFD":
            change = process.closing.add if "FD_CLOEXEC" in call.text else process.closing.discard
            change(call.number(0))

    def do_execve(self, process, call):
        # A thread of the same table goes on with the new program; the others end.
        own = self.processes[call.thread] = process.forked()
        for number in own.closing:
            own.files.pop(number, None)
        own.closing = set()

    def do_chdir(self, process, call):
        process.cwd = self.full(process, call.path(0))

    def do_fchdir(self, process, call):
        if opened := process.files.get(call.number(0)):
            process.cwd = opened.path
