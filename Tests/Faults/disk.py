"""A file system as a value: what programs see of it, and what would be left of it after a power cut.

Names are entries of folders, bytes belong to files, and each has its own durability: fsync of a file makes its bytes
durable and not its name, fsync of a folder makes the names in it durable and not their files' bytes.
"""

import errno
import hashlib
import itertools
import os

# What a power cut may leave: of the names, and of the bytes.
#
# - "all": everything so far.
# - "names": names as they are, bytes only as far as they were synced. So do file systems that write names first.
# - "zeros": the same, but files already have their length: what was not synced of them reads as zeros. So do file systems
#   that note a length before they write the bytes.
# - "journal": names as at the last sync of any folder, bytes as synced. So does a journal: it keeps the order of all
#   changes of names, and a rename whole.
# - "folders": names of a folder as at the last sync of that folder, bytes as synced. Of a rename from one folder to
#   another, one half may be there and the other not: the least that POSIX's words promise.
MODELS = ("all", "names", "zeros", "journal", "folders")


class File:
    def __init__(self):
        self.bytes = b""
        self.synced = b""

    def state(self):
        return self.bytes

    def commit(self, state):
        self.synced = state

    def left(self, model):
        if model == "all":
            return self.bytes
        if model == "zeros" and self.bytes != self.synced:
            same = len(os.path.commonprefix([self.bytes, self.synced]))
            return self.bytes[:same].ljust(len(self.bytes), b"\0")
        return self.synced


class Link:
    def __init__(self, target):
        self.target = target


class Folder:
    def __init__(self):
        self.names = {}
        self.journal = {}
        self.synced = {}

    def state(self):
        return dict(self.names)

    def commit(self, state):
        self.synced = state

    def of(self, model):
        return {"all": self.names, "names": self.names, "zeros": self.names, "journal": self.journal, "folders": self.synced}[model]


class Disk:
    """The tree below one path. Paths given are absolute, without `..`; what is elsewhere is nobody's (None)."""

    def __init__(self, top):
        self.top = os.fsencode(top)
        self.root = Folder()

    def take(self, path=None, folder=None):
        """Takes in what is really there, all of it as durable."""
        folder, path = folder or self.root, path or self.top
        for name in os.listdir(path):
            full = os.path.join(path, name)
            if os.path.isdir(full) and not os.path.islink(full):
                folder.names[name] = Folder()
                self.take(full, folder.names[name])
            else:
                folder.names[name] = Link(os.readlink(full)) if os.path.islink(full) else File()
                if isinstance(folder.names[name], File):
                    with open(full, "rb") as file:
                        folder.names[name].bytes = folder.names[name].synced = file.read()
        folder.journal, folder.synced = dict(folder.names), dict(folder.names)

    def place(self, path):
        """The folder and the name for a path, whether or not something is there; (None, b"") if it is not on this disk."""
        path = os.path.normpath(path)
        if path != self.top and not path.startswith(self.top + b"/"):
            return None, b""
        folder = self.root
        parts = path[len(self.top) + 1:].split(b"/")
        for part in parts[:-1]:
            folder = self.followed(folder, folder.names.get(part))
            if not isinstance(folder, Folder):
                raise KeyError(f"{path!r}: {os.strerror(errno.ENOENT)}")
        return folder, parts[-1]

    def followed(self, folder, node):
        """What a link leads to. The links of a run lead from its folder downwards."""
        while isinstance(node, Link):
            for part in node.target.split(b"/"):
                folder = folder.names[part]
            node = folder
        return node

    def find(self, path):
        folder, name = self.place(path)
        if folder is None:
            return None
        return self.followed(folder, folder.names.get(name)) if name else folder

    def folders(self):
        """Every folder that anything still leads to, durably or not."""
        seen, waiting = {id(self.root)}, [self.root]
        while waiting:
            folder = waiting.pop()
            yield folder
            for node in itertools.chain(folder.names.values(), folder.journal.values(), folder.synced.values()):
                if isinstance(node, Folder) and id(node) not in seen:
                    seen.add(id(node))
                    waiting.append(node)

    def snapshot(self, node):
        """What a sync of this node that begins now will make durable; of everything if there is none."""
        if node is not None:
            return [(node, node.state())]
        found = [(folder, folder.state()) for folder in self.folders()]
        files = {id(node): node for folder, _ in found for node in folder.names.values() if isinstance(node, File)}
        return found + [(file, file.state()) for file in files.values()]

    def commit(self, snapshot):
        for node, state in snapshot:
            node.commit(state)
        if any(isinstance(node, Folder) for node, _ in snapshot):
            for folder in self.folders():
                folder.journal = dict(folder.names)

    def remains(self, model):
        """What a power cut leaves by a model: [(path, kind, content, number of the file)], folders first."""
        found, numbers = [], {}

        def walk(folder, path):
            for name, node in sorted(folder.of(model).items()):
                full = path + name
                if isinstance(node, Folder):
                    found.append((full, "folder", b"", 0))
                    walk(node, full + b"/")
                elif isinstance(node, Link):
                    found.append((full, "link", node.target, 0))
                else:
                    found.append((full, "file", node.left(model), numbers.setdefault(id(node), len(numbers))))

        walk(self.root, b"")
        return found


def digest(remains):
    """The same for the same remains."""
    text = hashlib.sha256()
    for path, kind, content, number in remains:
        text.update(repr((path, kind, number, len(content))).encode())
        text.update(content)
    return text.digest()


def rebuild(remains, top):
    """Puts remains on the real disk."""
    os.makedirs(top)
    first = {}
    for path, kind, content, number in remains:
        full = os.path.join(os.fsencode(top), path)
        if kind == "folder":
            os.mkdir(full)
        elif kind == "link":
            os.symlink(content, full)
        elif number in first:
            os.link(first[number], full)
        else:
            first[number] = full
            with open(full, "wb") as file:
                file.write(content)
