"""The text that strace writes, as calls with parsed arguments."""

import re

LINE = re.compile(r"(\d+) +(.*)")
WHOLE = re.compile(r"(\w+)\((.*)\) += (-?\d+|\?|0x[0-9a-f]+)(.*)$")
BEGUN = re.compile(r"(\w+)\((.*) <unfinished \.\.\.>$")
RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)$")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')

# Everything that changes names, bytes or what is durable; and what tells which descriptor is which file.
CALLS = (
    "open openat creat write pwrite64 writev pwritev ftruncate truncate fallocate fsync fdatasync syncfs sync "
    "rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat rmdir mkdir mkdirat "
    "dup dup2 dup3 fcntl lseek close close_range chdir fchdir clone clone3 fork vfork execve "
    "sendfile copy_file_range splice").split()


class Call:
    """One call that succeeded, or the beginning of one that will.

    `arguments` are the texts between the commas, strings still in hexadecimal. `begun` is true for the moment at which
    a call that took its time was entered; the same call then comes again, with its result.
    """

    def __init__(self, thread, name, arguments, result, begun=False):
        self.thread, self.name, self.result, self.begun = thread, name, result, begun
        self.text = arguments
        self.arguments = split(arguments)

    def path(self, number):
        return strings(self.arguments[number])[0]

    def number(self, number):
        """A descriptor, or None for AT_FDCWD."""
        text = self.arguments[number]
        return None if text == "AT_FDCWD" else int(text, 0)

    def data(self):
        """The bytes given to a write, of all its buffers."""
        return b"".join(strings(self.text))


def recording(path):
    """Arguments with which strace follows all children and writes down every byte they write."""
    calls = ",".join(f"?{call}" for call in CALLS)
    return ["strace", "-f", "--seccomp-bpf", "-qq", "-xx", "-s", str(1 << 26), "-o", path, "-e", f"trace={calls}"]


def calls(path):
    """The calls of a recording in the order in which they returned, those that failed left out."""
    begun = {}
    with open(path) as file:
        for line in file:
            match = LINE.match(line.rstrip("\n"))
            thread, text = int(match.group(1)), match.group(2)
            if found := BEGUN.match(text):
                begun[thread] = found.group(2)
                yield Call(thread, found.group(1), found.group(2), None, begun=True)
                continue
            if found := RESUMED.match(text):
                text = f"{found.group(1)}({begun.pop(thread, '')}{found.group(2)}"
            if (found := WHOLE.match(text)) and not found.group(3).startswith(("-", "?")):
                yield Call(thread, found.group(1), found.group(2), int(found.group(3), 0))


def split(text):
    """At the commas that are in no bracket. Strings are hexadecimal and have neither."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    return parts + [text[start:].strip()]


def strings(text):
    found = []
    for content, cut in STRING.findall(text):
        if cut:
            raise SystemExit("strace has cut a string: the recording is not whole")
        found.append(bytes.fromhex(content.replace("\\x", "")))
    return found
