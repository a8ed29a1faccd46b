"""From the calls of a recording to a disk: what each call did to names, to bytes and to their durability."""

from descriptors import Descriptors
from disk import File, Folder, Link

SYNCS = ("fsync", "fdatasync", "syncfs", "sync")


class Replay(Descriptors):
    """Goes through a recording; after every call that changed the disk there is a point.

    With `syncs` false, the syncs count as never made: what a program without them would risk.
    """

    def __init__(self, disk, calls, cwd, syncs=True):
        self.calls = list(calls)
        super().__init__(disk, self.calls, cwd)
        self.syncs = syncs
        self.begun = {}  # What a sync under way makes durable, by thread.
        self.closing = set()  # The threads that are within a close.

    def points(self):
        """Yields after every call: the call, and whether it changed anything."""
        for call in self.calls:
            process = self.process(call.thread)
            if call.begun:
                self.begin(process, call)
            elif call.name == "close" and call.thread in self.closing:
                self.closing.remove(call.thread)
            else:
                method = getattr(self, f"do_{call.name}", None)
                yield call, bool(method and method(process, call))

    def begin(self, process, call):
        """What a call does on its entry, if it takes its time."""
        if call.name in SYNCS:
            self.begun[call.thread] = self.snapshot(process, call)
        elif call.name == "close":
            # Another thread may be given the number before this call is seen to return.
            self.do_close(process, call)
            self.closing.add(call.thread)
        elif call.name in ("open", "openat"):
            # Another process may take the name away before this call is seen to return.
            path = self.opened(process, call)
            self.opening[call.thread] = (path, self.found(path))

    # Bytes

    def file(self, process, call):
        opened = process.files.get(call.number(0))
        return opened if opened and isinstance(opened.node, File) else None

    def do_lseek(self, process, call):
        if opened := self.file(process, call):
            opened.offset = call.result

    def do_write(self, process, call):
        if not (opened := self.file(process, call)):
            return False
        if opened.appends:
            opened.offset = len(opened.node.bytes)
        put(opened.node, opened.offset, call.data()[:call.result])
        opened.offset += call.result
        return call.result > 0

    do_writev = do_write

    def do_pwrite64(self, process, call):
        if not (opened := self.file(process, call)):
            return False
        put(opened.node, call.number(-1), call.data()[:call.result])
        return call.result > 0

    def do_ftruncate(self, process, call):
        if not (opened := self.file(process, call)):
            return False
        return cut(opened.node, call.number(1))

    def do_truncate(self, process, call):
        node = self.disk.find(self.full(process, call.path(0)))
        return isinstance(node, File) and cut(node, call.number(1))

    def unknown(self, process, call):
        if any(process.files.get(int(text)) for text in call.arguments if text.isdigit()):
            raise SystemExit(f"the recording has a {call.name} on the disk, which nobody has taught this replay")

    do_pwritev = do_fallocate = do_sendfile = do_copy_file_range = do_splice = unknown

    # Durability

    def snapshot(self, process, call):
        if call.name == "sync":
            return self.disk.snapshot(None)
        opened = process.files.get(call.number(0))
        if opened is None:
            return []
        return self.disk.snapshot(None if call.name == "syncfs" else opened.node)

    def do_fsync(self, process, call):
        # What was written while the call ran may have come too late for it.
        snapshot = self.begun.pop(call.thread, None) or self.snapshot(process, call)
        if self.syncs:
            self.disk.commit(snapshot)
        return bool(snapshot)

    do_fdatasync = do_syncfs = do_sync = do_fsync

    # Names

    def do_mkdir(self, process, call):
        return self.add(self.place(process, call.path(0)), Folder())

    def do_mkdirat(self, process, call):
        return self.add(self.place(process, call.path(1), call.number(0)), Folder())

    def do_symlink(self, process, call):
        return self.add(self.place(process, call.path(1)), Link(call.path(0)))

    def do_symlinkat(self, process, call):
        return self.add(self.place(process, call.path(2), call.number(1)), Link(call.path(0)))

    def do_link(self, process, call):
        return self.add(self.place(process, call.path(1)), self.node(self.place(process, call.path(0))))

    def do_linkat(self, process, call):
        source = self.node(self.place(process, call.path(1), call.number(0)))
        return self.add(self.place(process, call.path(3), call.number(2)), source)

    def node(self, place):
        folder, name = place
        return folder.names[name] if folder else None

    def add(self, place, node):
        folder, name = place
        if folder is None:
            return False
        folder.names[name] = node
        return True

    def do_unlink(self, process, call):
        return self.remove(self.place(process, call.path(0)))

    do_rmdir = do_unlink

    def do_unlinkat(self, process, call):
        return self.remove(self.place(process, call.path(1), call.number(0)))

    def remove(self, place):
        folder, name = place
        if folder is None:
            return False
        del folder.names[name]
        return True

    def do_rename(self, process, call):
        return self.move(self.place(process, call.path(0)), self.place(process, call.path(1)))

    def do_renameat(self, process, call):
        places = [self.place(process, call.path(at + 1), call.number(at)) for at in (0, 2)]
        return self.move(*places, "RENAME_EXCHANGE" in call.text)

    do_renameat2 = do_renameat

    def move(self, source, target, exchanges=False):
        (folder, name), (other, new) = source, target
        if folder is None and other is None:
            return False
        if folder is None or other is None:
            raise SystemExit("the recording moves something between the disk and the rest of the world")
        node = folder.names.pop(name)
        if exchanges:
            folder.names[name] = other.names[new]
        other.names[new] = node
        return True


def put(file, offset, data):
    file.bytes = file.bytes[:offset].ljust(offset, b"\0") + data + file.bytes[offset + len(data):]


def cut(file, size):
    changed = size != len(file.bytes)
    file.bytes = file.bytes[:size].ljust(size, b"\0")
    return changed
