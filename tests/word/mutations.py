# ruff: noqa: E501 - mishaps are long
"""Damaged and hostile files, by seed: what becomes of a good template when somebody means harm or a disk fails."""

import io
import random
import struct
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from app.errors import Problem
from app.word import Narrative, check, compile_template
from app.word.container import read_members, write_members
from app.word.guard import guard
from tests.facts.memory import STATUS
from tests.word.templates import a_template, printed

ROOT = Path(__file__).resolve().parents[2]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NUMBERS = [b"-1", b"0", b"99999999999999999999", b"9" * 5000, b"", b"x", b"1.5", b"\xd9\xa1", b"NaN", b" 7 ", b"0x10"]
SNIPPETS = [
    b"{{ x }}", b"{{", b"}}", b"{% if x %}", b"{% endif %}", b"{%", b"{#", b"{%tr for a in x %}", b"{% vm %}", b"{% hm %}",
    b"{% colspan x %}", b"{% cellbg x %}", b"{{ x.__class__ }}", b"{_{", b"<w:p/>", b"<w:p>", b"</w:p>", b"<w:tbl/>", b"<w:tc>",
    b"<w:tbl><w:tblGrid/><w:tr/></w:tbl>", b"<w:sectPr/>", b"<!DOCTYPE x>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&x;", b"&#0;",
    b"&#xD800;", b"\0", b"\xff\xfe", b"\xef\xbf\xbf", b"<?grid?>", b"<?end?>", b"<w:fldSimple w:instr='DDE'/>",
    b"<w:altChunk/>", b"<w:abstractNum/>", b"<w:num/>", b"<w:lvl/>", b"<w:style/>", b"<w:pgSz w:w='x'/>", b"<Override/>", b"<Relationship/>",
    b"<Default/>",
]  # fmt: skip


def corpus() -> list[bytes]:
    """The shipped template, templates with every kind of tag, and a paper with a list, a chart and a turned page."""
    figure = (
        '<figure data-chart="line" data-page="landscape"><table><thead><tr><th>Year</th><th>Spent</th></tr></thead>'
        "<tbody><tr><td>2026</td><td>5</td></tr></tbody></table></figure>"
    )
    return [
        (ROOT / "templates" / "scrutiny" / "template.docx").read_bytes(),
        a_template(
            "{{ x }}", "{%p if x %}", "{{p x }}", "{%p endif %}", "{{r x }}", "{% for a in x %}{{ a }}{% endfor %}"
        ),
        a_table(),
        printed(a_template("{{p x }}"), x=Narrative(f"<ol><li><p>One</p></li></ol>{figure}", "k")),
    ]


def a_table() -> bytes:
    members = read_members(a_template("x"))
    cell = "<w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>".format
    rows = "".join(
        f"<w:tr>{cell(tag)}</w:tr>"
        for tag in (
            "{%tr for a in x %}",
            "{% cellbg a %}{{ a }}",
            "{% colspan 2 %}",
            "{% vm %}",
            "{% hm %}",
            "{%tr endfor %}",
        )
    )
    body = f"<w:body><w:tbl><w:tblGrid><w:gridCol w:w='9'/></w:tblGrid>{rows}</w:tbl></w:body>"
    return write_members({**members, "word/document.xml": f"<w:document xmlns:w='{W}'>{body}</w:document>".encode()})


def mutated(template: bytes, dice: random.Random) -> bytes:
    """The template after one to three mishaps, half of them to the file and half to what it holds."""
    for _ in range(dice.randint(1, 3)):
        try:
            template = dice.choice(_MISHAPS)(template, dice)
        except Problem:  # nothing is left in it to change
            template = _flipped(template, dice)
    return template


def _flipped(file: bytes, dice: random.Random) -> bytes:
    changed = bytearray(file or b"\0")
    for _ in range(dice.randint(1, 8)):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _cut(file: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(file) + 1)
    return dice.choice(
        [file[:start], file[start:], file[:start] + file[start + dice.randrange(99) :], file + file[start:]]
    )


def _directory_changed(file: bytes, dice: random.Random) -> bytes:
    """A number in the directory says something else."""
    changed, place = bytearray(file), max(0, len(file) - 22)
    if dice.random() < 0.8:
        found = [n for n in range(len(file) - 4) if file[n : n + 4] in {b"PK\1\2", b"PK\3\4"}]
        place = dice.choice(found or [place])
    if len(changed) >= place + 48:
        struct.pack_into(
            "<H", changed, place + 4 + 2 * dice.randrange(21), dice.choice([0, 1, 8, 0xFFFF, dice.randrange(2**16)])
        )
    return bytes(changed)


def _swapped(file: bytes, dice: random.Random) -> bytes:
    members = read_members(file)
    one, other = (dice.choice(sorted(members)) for _ in "ab")
    members[one], members[other] = members[other], members[one]
    return write_members(members)


def _left_out(file: bytes, dice: random.Random) -> bytes:
    members = read_members(file)
    del members[dice.choice(sorted(members))]
    return write_members(members)


def _renamed(file: bytes, dice: random.Random) -> bytes:
    members = read_members(file)
    one = dice.choice(sorted(members))
    names = [
        one.upper(),
        f"/{one}",
        f"../{one}",
        one.replace("/", "\\"),
        "word/vbaProject.bin",
        "word/header9.xml",
        one[:-1] or "x",
    ]
    members[dice.choice(names)] = members.pop(one)
    return write_members(members)


def _member_changed(file: bytes, dice: random.Random) -> bytes:
    members = read_members(file)
    one = dice.choice([*sorted(members), "word/document.xml", "word/document.xml"])
    if one in members:
        members[one] = dice.choice(_WORDINGS)(members[one], dice)
    return write_members(members)


def _snippet(content: bytes, dice: random.Random) -> bytes:
    places = [place + 1 for place, byte in enumerate(content) if byte == ord(">")] or [0]
    place = dice.choice([dice.choice(places), dice.randrange(len(content) + 1)])
    return content[:place] + dice.choice(SNIPPETS) * dice.choice([1, 1, 1, 50, 3000]) + content[place:]


def _number(content: bytes, dice: random.Random) -> bytes:
    pieces = content.split(b'"')
    numbers = [place for place, piece in enumerate(pieces) if piece.isdigit()] or range(len(pieces))
    pieces[dice.choice(numbers)] = dice.choice(NUMBERS)
    return b'"'.join(pieces)


def _elements_moved(content: bytes, dice: random.Random) -> bytes:
    pieces = content.split(b"<")
    one, other = (dice.randrange(len(pieces)) for _ in "ab")
    action = dice.randrange(3)
    if action == 0:
        pieces[one], pieces[other] = pieces[other], pieces[one]
    elif action == 1:
        del pieces[min(one, other) : min(one, other) + dice.randrange(1, 9)]
    else:
        pieces[one:one] = pieces[other : other + dice.randrange(1, 30)] * dice.choice([1, 2, 500])
    return b"<".join(pieces)


def _recoded(content: bytes, dice: random.Random) -> bytes:
    return content.decode(errors="replace").encode(dice.choice(["utf-16", "utf-32", "utf-7", "utf-8-sig"]), "replace")


def _bomb(file: bytes, dice: random.Random) -> bytes:
    """The template with a member that is very large, very deep or very full."""
    size = dice.choice([2**20, 2**23, 2**24, 2**25])
    content = dice.choice([
        lambda: bytes(size), lambda: b"<a>" * (size // 8) + b"</a>" * (size // 8), lambda: b"<w:p/>" * (size // 6),
        lambda: b"<a b='" + b"x" * size + b"'/>", lambda: b"<a>" + b"{{ " * (size // 3) + b"</a>", lambda: b"<a " + b"b='' " * (size // 5) + b"/>",
    ])()  # fmt: skip
    name = dice.choice(
        [
            "word/document.xml",
            "word/styles.xml",
            "word/media/a.png",
            "[Content_Types].xml",
            "word/_rels/document.xml.rels",
        ]
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member, kept in {**read_members(file), name: content}.items():
            archive.writestr(member, kept)
    return out.getvalue()


def _another_kind(file: bytes, dice: random.Random) -> bytes:
    return dice.choice(
        [b"", b"PK", b"%PDF-1.7", b"{\\rtf1", bytes.fromhex("d0cf11e0a1b11ae1") + file, dice.randbytes(2000)]
    )


_MISHAPS: list[Callable[[bytes, random.Random], bytes]] = [
    *(_flipped, _cut, _directory_changed, _swapped, _left_out, _renamed, _another_kind),
    *[_member_changed] * 12,
]
_WORDINGS: list[Callable[[bytes, random.Random], bytes]] = [
    *(_flipped, _cut, _snippet, _snippet, _snippet, _number, _number, _elements_moved, _elements_moved, _recoded),
]


def trial_of(file: bytes) -> None:
    """Pass when the engine judges the file, whatever it finds; everything but its own refusals comes through."""
    for judge in (guard, lambda it: check(it, {"x": None}), lambda it: compile_template(it, {"x": None})):
        try:
            judge(file)
        except Problem as refused:
            if not str(refused):
                raise AssertionError("a refusal without a sentence") from refused


def memory_of(file: bytes) -> float:
    """The mebibytes that this process grows by at most while the file is judged."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the largest size is counted anew
    before = _status("VmRSS")
    trial_of(file)
    return _status("VmHWM") - before


def _status(name: str) -> float:
    told = next(line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith(name))
    return int(told.split()[1]) / 2**10


def main(first: int, count: int) -> None:
    """Judge the files of these seeds; prints the longest time in seconds and the most memory in MiB, with the seed."""
    templates = corpus()
    for template in templates:
        trial_of(template)  # what is loaded once is not this file's memory
    slowest = largest = (0.0, 0)
    for seed in range(first, first + count):
        dice = random.Random(seed)
        template = dice.choice(templates)
        file = _bomb(template, dice) if seed % 40 == 0 else mutated(template, dice)
        begun = time.process_time()
        try:
            grown = memory_of(file) if STATUS.exists() else trial_of(file) or 0.0
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
        slowest = max(slowest, (time.process_time() - begun, seed))
        largest = max(largest, (grown, seed))
    print(*slowest, *largest)  # noqa: T201 - the answer of this process


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
