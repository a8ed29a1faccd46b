"""Breaks safetensors files in thousands of ways, and writes down what the official reader says of each.

    .venv/bin/python mutations.py        # as generate.py

small.safetensors    three tensors, most of what is broken
mutations.txt    a line a file: KIND BASE VERDICT [OFFSET REMOVED HEX] ...
                 BASE is a file of this folder; from OFFSET on REMOVED bytes become those of HEX ("-" for none), each edit after
                 the one before; VERDICT is 1 if `safetensors.deserialize` takes the file and 0 if it refuses it
"""
import collections
import difflib
import json
import pathlib
import random
import struct

import safetensors

HERE = pathlib.Path(__file__).parent
DICE = random.Random(20)
HUGE = ["2147483647", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551615",
        "18446744073709551616", "1" + "0" * 30, "4611686018427387904", "1152921504606846976"]
ODD = ["-1", "-0", "1.0", "0.5", "1e0", "1E3", "01", "00", "+1", "0x4", "NaN", "Infinity", "true", "null", '"4"', "[4]", "{}", "",
       " ", "4 4", "\u0664", "4_0", "4,", "1e999", "--1", "4.", ".5"]
TYPES = ["BOOL", "F4", "F6_E2M3", "U8", "I16", "F16", "BF16", "F32", "F64", "C64", "f32", "F32 ", "", "F33", "Q4_K", "\\u0046\\u0033\\u0032", "F3\u0662"]
TEXTS = ["\\ud800", "\\udc00", "\\ud800\\ud800", "\\ud83d\\ude00", "\\u12g4", "\\x41", "\\", "\\u", "a\nb", "a\tb", "\x00", "\\u0000",
         "\x7f", "e\u0301", "\u00e9", "\ufeff", "\\/", "\\'", "\\u00", "\\ud800x", "\\uD834\\uDD1E"]


def text_of(value):
    return json.dumps(value, ensure_ascii=False)


class Header:
    """Names and members as text, so that anything can stand there."""

    def __init__(self, file):
        length, = struct.unpack("<Q", file[:8])
        self.data = file[8 + length:]
        parsed = json.loads(file[8:8 + length])
        self.entries = []
        for name, value in parsed.items():
            members = [[text_of(key), text_of(member).replace(" ", "") if key in ("shape", "data_offsets") else text_of(member)]
                       for key, member in value.items()]
            self.entries.append([text_of(name), members])
        header = file[8:8 + length].decode()
        self.before, self.after, self.open, self.close = "", header[len(header.rstrip()):], "{", "}"
        self.length = 0
        self.raw = None

    def bytes(self):
        body = ",".join(name + ":" + (value if isinstance(value, str) else "{" + ",".join(f"{k}:{v}" for k, v in value) + "}")
                        for name, value in self.entries)
        text = (self.before + self.open + body + self.close + self.after).encode("utf-8", "surrogatepass")
        if self.raw:
            place = DICE.randrange(len(text))
            text = text[:place] + self.raw + text[place:]
        return struct.pack("<Q", (len(text) + self.length) % 2**64) + text + self.data

    def tensors(self):
        return [e for e in self.entries if e[0] != '"__metadata__"' and not isinstance(e[1], str)]

    def member(self, entry, key):
        return next(m for m in entry[1] if m[0] == f'"{key}"')

    def numbers(self, entry, key):
        return json.loads(self.member(entry, key)[1])

    def set(self, entry, key, numbers):
        self.member(entry, key)[1] = "[" + ",".join(map(str, numbers)) + "]"


def number_edit(values):
    def edit(h):
        entry = DICE.choice(h.tensors())
        key = DICE.choice(["shape", "data_offsets", "data_offsets"])
        numbers = h.numbers(entry, key)
        if not numbers:
            numbers = [1]
        numbers[DICE.randrange(len(numbers))] = DICE.choice(values)
        h.set(entry, key, numbers)
    return edit


def swap_offsets(h):
    a, b = DICE.sample(h.tensors(), 2)
    a, b = h.member(a, "data_offsets"), h.member(b, "data_offsets")
    a[1], b[1] = b[1], a[1]


def swap_ends(h):
    entry = DICE.choice(h.tensors())
    h.set(entry, "data_offsets", h.numbers(entry, "data_offsets")[::-1])


def shift(h):
    entry = DICE.choice(h.tensors())
    numbers, by = h.numbers(entry, "data_offsets"), DICE.choice([-8, -4, -1, 1, 2, 4, 8, 100])
    for index in DICE.choice([[0], [1], [0, 1]]):
        numbers[index] += by
    h.set(entry, "data_offsets", numbers)


def hole(h):
    """Bytes between two tensors that belong to none."""
    tensors = sorted(h.tensors(), key=lambda e: h.numbers(e, "data_offsets"))
    place = DICE.randrange(len(tensors))
    start, size = h.numbers(tensors[place], "data_offsets")[0], DICE.choice([1, 4, 8, 64])
    for entry in tensors[place:]:
        h.set(entry, "data_offsets", [n + size for n in h.numbers(entry, "data_offsets")])
    h.data = h.data[:start] + b"\xEE" * size + h.data[start:]


def overlap(h):
    """A tensor over the bytes of another, which is otherwise whole."""
    entry = DICE.choice(h.tensors())
    h.entries.insert(DICE.randrange(len(h.entries) + 1), ['"twin"', [list(m) for m in entry[1]]])


def type_edit(h):
    h.member(DICE.choice(h.tensors()), "dtype")[1] = f'"{DICE.choice(TYPES)}"'


def shape_edit(h):
    entry = DICE.choice(h.tensors())
    shape = h.numbers(entry, "shape")
    what = DICE.randrange(6)
    if what == 0: shape.append(DICE.choice([0, 1, 2]))
    elif what == 1: shape = shape[1:]
    elif what == 2: shape = shape[::-1]
    elif what == 3: shape = [0] + shape
    elif what == 4: shape = [1] * DICE.choice([1, 40]) + shape
    else: shape = [DICE.choice([0, 1, 3, 2**32])] * max(1, len(shape))
    h.set(entry, "shape", shape)


def empty_twin(h):
    """A tensor without bytes, at some place, with dimensions of any size beside the zero."""
    place = DICE.choice([0, len(h.data), 1, 4])
    shape = DICE.choice([[0], [0, 2**62], [2**62, 4, 0], [0, 2**64 - 1], [3, 0, 5]])
    h.entries.insert(DICE.randrange(len(h.entries) + 1), ['"void"', [['"dtype"', '"F32"'], ['"shape"', str(shape)],
                                                                       ['"data_offsets"', f"[{place},{place}]"]]])


def duplicate_name(h):
    entry = DICE.choice(h.entries)
    name = entry[0]
    if DICE.random() < 0.5 and len(name) > 2 and name[1].isascii() and name[1] not in '\\"':
        name = f'"\\u{ord(name[1]):04x}{name[2:]}'
    copy = entry[1] if isinstance(entry[1], str) else [list(m) for m in entry[1]]
    h.entries.insert(DICE.randrange(len(h.entries) + 1), [name, copy])


def duplicate_key(h):
    members = DICE.choice(h.entries)[1]
    member = list(DICE.choice(members))
    if DICE.random() < 0.5:
        member[1] = DICE.choice(members)[1]
    members.insert(DICE.randrange(len(members) + 1), member)


def extra_key(h):
    value = DICE.choice(["1", '"x"', "null", "[]", "{}", "[" * 200 + "]" * 200, '{"a":' * 50 + "1" + "}" * 50, "1e999", "-0.5"])
    DICE.choice(h.tensors())[1].append([DICE.choice(['"stride"', '""', '"Shape"', '"dtype "']), value])


def missing_key(h):
    entry = DICE.choice(h.tensors())
    entry[1].pop(DICE.randrange(3))


def metadata(h):
    value = DICE.choice(['{"a":1}', '{"a":null}', "null", "[]", '"text"', '{"a":{"b":"c"}}', '{"a":"1","a":"2"}', '{"a":"1","\\u0061":"2"}',
                         "{}", '{"a":"1",}', "{'a':'1'}", '{"a":"e\u0301","\u00e9":"1","e\u0301":"2"}', '{"a":"b"}', '{"":""}', "1", "true"])
    h.entries = [e for e in h.entries if e[0] != '"__metadata__"']
    h.entries.insert(DICE.randrange(len(h.entries) + 1), ['"__metadata__"', value])


def rename(h):
    DICE.choice(h.entries)[0] = f'"{DICE.choice(TEXTS)}"'


def metadata_text(h):
    h.entries = [e for e in h.entries if e[0] != '"__metadata__"']
    key, value = DICE.choice([("k", DICE.choice(TEXTS)), (DICE.choice(TEXTS), "v")])
    h.entries.append(['"__metadata__"', f'{{"{key}":"{value}"}}'])


def entry_form(h):
    entry = DICE.choice(h.tensors())
    kind, shape, place = (h.member(entry, key)[1] for key in ("dtype", "shape", "data_offsets"))
    entry[1] = DICE.choice([f"[{kind},{shape},{place}]", "null", "[]", "{}", '"F32"', "1",
                            f'{{"dtype":{{{kind}:null}},"shape":{shape},"data_offsets":{place}}}',
                            f'{{"dtype":{kind},"shape":{shape},"data_offsets":{place[:-1]},0]}}',
                            f'{{"dtype":{kind},"shape":{shape},"data_offsets":{place.split(",")[0]}]}}',
                            f'{{"dtype":{kind},"shape":{{}},"data_offsets":{place}}}', "[" * 300 + "]" * 300, "[[" * 20])


def reorder(h):
    DICE.shuffle(h.entries)
    for _, members in h.entries:
        if not isinstance(members, str):
            DICE.shuffle(members)


def spaces(h):
    """Between tokens anything may stand that JSON calls space."""
    space = DICE.choice([" ", "\n", "\t", "\r\n", "    "])
    where = DICE.randrange(4)
    if where == 0: h.after = space * DICE.choice([1, 7])
    elif where == 1: h.open = "{" + space
    elif where == 2: h.close = space + "}"
    else: DICE.choice(h.entries)[0] += space


def around(h):
    if DICE.random() < 0.5:
        h.before = DICE.choice([" ", "\n", "\ufeff", "\0", "//\n", "[", "x"])
    else:
        h.after = DICE.choice(["\0", "\u00a0", "x", "}", ",", "{}", "/**/", "\x0b", "\ufeff"])


def syntax(h):
    what = DICE.randrange(5)
    if what == 0: h.close = ",}"
    elif what == 1: h.open, h.close = "[", "]"
    elif what == 2: h.close = ""
    elif what == 3: h.open = "{,"
    else: DICE.choice(h.entries)[0] = DICE.choice(["'a'", "a", "1", "null", '"a', 'a"', ""])


def length(h):
    h.length = DICE.choice([-9, -8, -1, 1, 7, 8, 1000, 2**24, 100_000_001, 2**31, 2**40, 2**62, 2**63, 2**64 - 20])


def invalid_utf8(h):
    h.raw = DICE.choice([b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80", b"\xc3"])


EDITS = {
    "huge": (number_edit(HUGE), 350), "odd": (number_edit(ODD), 450), "swap": (swap_offsets, 120), "ends": (swap_ends, 80),
    "shift": (shift, 300), "hole": (hole, 150), "overlap": (overlap, 80), "type": (type_edit, 250), "shape": (shape_edit, 250),
    "empty": (empty_twin, 120), "twice": (duplicate_name, 150), "key": (duplicate_key, 150), "extra": (extra_key, 120),
    "missing": (missing_key, 60), "metadata": (metadata, 160), "name": (rename, 160), "text": (metadata_text, 160),
    "form": (entry_form, 160), "order": (reorder, 80), "space": (spaces, 80), "around": (around, 120), "syntax": (syntax, 140),
    "length": (length, 120), "utf8": (invalid_utf8, 100),
}


def flip(file):
    file = bytearray(file)
    for _ in range(DICE.choice([1, 1, 1, 2, 8])):
        file[DICE.randrange(len(file))] ^= 1 << DICE.randrange(8)
    return bytes(file)


def flip_header(file):
    file = bytearray(file)
    length, = struct.unpack("<Q", file[:8])
    file[DICE.randrange(8 + length)] ^= 1 << DICE.randrange(8)
    return bytes(file)


def truncate(file):
    return file[:DICE.randrange(len(file))]


def grow(file):
    place = DICE.choice([len(file), DICE.randrange(len(file))])
    return file[:place] + bytes(DICE.randrange(256) for _ in range(DICE.choice([1, 3, 8, 100]))) + file[place:]


def copy_stretch(file):
    file = bytearray(file)
    a, b, size = DICE.randrange(len(file)), DICE.randrange(len(file)), DICE.choice([2, 8, 32])
    file[a:a + size] = file[b:b + size]
    return bytes(file)


RAW = {"flip": (flip, 500), "flipHeader": (flip_header, 700), "truncated": (truncate, 350), "grown": (grow, 250),
       "copied": (copy_stretch, 250)}


def splices(old, new):
    """Few edits that make `new` of `old`, each made after the one before. Stretches of less than six equal bytes are not kept."""
    edits = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            if edits and b - a < 6 and b < len(old):
                edits[-1] = (edits[-1][0], edits[-1][1] + b - a, edits[-1][2] + new[c:d])
        elif edits and edits[-1][0] + len(edits[-1][2]) == c:
            edits[-1] = (edits[-1][0], edits[-1][1] + b - a, edits[-1][2] + new[c:d])
        else:
            edits.append((c, b - a, new[c:d]))
    made = old
    for place, removed, added in edits:
        made = made[:place] + added + made[place + removed:]
    assert made == new
    return edits


def verdict(file):
    try:
        safetensors.deserialize(file)
        return 1
    except Exception:
        return 0


def main():
    bases = {name: (HERE / f"{name}.safetensors").read_bytes() for name in ("small", "python", "types")}
    lines, seen, counts = [], set(), collections.Counter()
    for kinds, is_raw in ((EDITS, False), (RAW, True)):
        for kind, (edit, wanted) in kinds.items():
            made = tries = 0
            while made < wanted and tries < 40 * wanted:
                tries += 1
                name = DICE.choices(list(bases), [15, 1, 1])[0]
                base = bases[name]
                if is_raw:
                    file = edit(base)
                else:
                    header = Header(base)
                    edit(header)
                    file = header.bytes()
                if file == base or file in seen:
                    # Of some kinds there are few; they may come twice, from another base or place.
                    if file == base or tries < 10 * wanted:
                        continue
                seen.add(file)
                said = verdict(file)
                edits = " ".join(f"{place} {removed} {added.hex() or '-'}" for place, removed, added in splices(base, file))
                assert Header(base).bytes() == base
                lines.append(f"{kind} {name} {said} {edits}")
                counts[kind, said] += 1
                made += 1
    (HERE / "mutations.txt").write_text("\n".join(lines) + "\n")
    print(len(lines), "files,", sum(n for (_, said), n in counts.items() if not said), "refused")
    for kind in list(EDITS) + list(RAW):
        print(f"{kind:12} refused {counts[kind, 0]:4}  taken {counts[kind, 1]:4}")


if __name__ == "__main__":
    small = {"a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}, "b": {"dtype": "U8", "shape": [3], "data_offsets": [16, 19]},
             "c": {"dtype": "F16", "shape": [], "data_offsets": [19, 21]}, "__metadata__": {"k": "v"}}
    text = json.dumps(small, separators=(",", ":")).encode()
    (HERE / "small.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + bytes(range(21)))
    main()
