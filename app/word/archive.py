"""The zip format as Word writes it, and nothing more: a directory that tells the truth, members that lie apart.

Readers of zip files disagree on files that are not plain, and what one of them checked another one does not see.
"""

import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

from zlib_ng import zlib_ng

from app.word.refusals import UnreadableTemplate

DEFLATED = 8
UTF8_NAMES = 0x0800
LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")

_STORED = 0
_ENCRYPTED = 0x2041  # a password, strong encryption, a masked directory
_ONLY_IN_ZIP64 = {0xFFFF, 0xFFFFFFFF}
_LONGEST_NAME = 255
_LARGEST_DIRECTORY = 1024 * 1024
_SHOWN = 60
_DAMAGED = "it is not a .docx file, or it is damaged."


class Entry(NamedTuple):
    """A member as the directory tells of it: where it begins, and its sizes in bytes."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    deflated_size: int
    size: int
    offset: int


def entries_in(archive: bytes, *, most_members: int) -> list[Entry]:
    """The members of a plain zip file, in the order of its directory, folders included.

    Plain means: the directory lies between the members and the end, no zip64, no password, no member within or
    over another, no two names that some computer takes for the same, no name that leads elsewhere. Raises
    `UnreadableTemplate`, or `struct.error` or `ValueError` where the file is cut or cannot be decoded.
    """
    if len(archive) < END.size or not archive.startswith(b"PK\3\4"):
        raise damaged()
    signature, disk, first_disk, here, count, size, start, comment = END.unpack_from(archive, len(archive) - END.size)
    if signature != b"PK\5\6" or disk or first_disk or comment or here != count:
        raise damaged()
    if _ONLY_IN_ZIP64 & {count, size, start}:
        raise UnreadableTemplate("it is a zip64 file, which Word does not write. Open it in Word and save it again.")
    if count > most_members or size > _LARGEST_DIRECTORY:
        raise UnreadableTemplate(f"it has more than {most_members:,} parts.")
    if start + size + END.size != len(archive):
        raise damaged()
    entries = _listed(archive[start : start + size], count)
    _require_names(entries)
    for entry in entries:
        _require_plain(entry)
    _require_apart(archive, entries, start)
    return entries


def damaged() -> UnreadableTemplate:
    """The refusal of a file that is no plain zip file at all."""
    return UnreadableTemplate(_DAMAGED)


def content_of(archive: bytes, entry: Entry) -> tuple[bytes, bytes]:
    """The member's bytes as they are kept, and its content, which has the size and the CRC-32 that were stated."""
    start = _start_of(archive, entry)
    raw = archive[start : start + entry.deflated_size]
    content = _inflated(raw, entry.size) if entry.method == DEFLATED else raw
    if len(content) != entry.size or zlib_ng.crc32(content) != entry.crc:
        raise UnreadableTemplate(f"its part {shown(entry.name)} is not what the file says it is.")
    return raw, content


def shown(name: str) -> str:
    """The name of a member as a sentence may quote it."""
    printable = "".join(character if character.isprintable() else "?" for character in name)
    return f"{printable[:_SHOWN]}…" if len(printable) > _SHOWN else printable


def _listed(directory: bytes, count: int) -> list[Entry]:
    entries, place = [], 0
    for _ in range(count):
        fields = CENTRAL.unpack_from(directory, place)
        flags, method, crc, deflated_size, size = fields[3], fields[4], fields[7], fields[8], fields[9]
        named, extra, comment, disk, offset = fields[10], fields[11], fields[12], fields[13], fields[16]
        place += CENTRAL.size
        name = directory[place : place + named]
        if fields[0] != b"PK\1\2" or len(name) != named or disk:
            raise damaged()
        decoded = name.decode("utf-8" if flags & UTF8_NAMES else "cp437")
        entries.append(Entry(decoded, name, flags, method, crc, deflated_size, size, offset))
        place += named + extra + comment
    if place != len(directory):
        raise damaged()
    return entries


def _require_names(entries: Sequence[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.name
        steps = name.removesuffix("/").split("/")
        if "\\" in name or ":" in name or not name.isprintable() or not {"", ".", ".."}.isdisjoint(steps):
            raise UnreadableTemplate(f"it holds a part with a strange name, “{shown(name)}”.")
        if len(name) > _LONGEST_NAME:
            raise UnreadableTemplate(f"it holds a part with a strange name, “{shown(name)}”, which is too long.")
        folded = name.casefold()
        if folded in seen:
            raise UnreadableTemplate(f"it holds two parts of the same name, “{shown(name)}”.")
        seen.add(folded)


def _require_plain(entry: Entry) -> None:
    if entry.flags & _ENCRYPTED:
        raise UnreadableTemplate(f"its part {shown(entry.name)} is protected by a password. Save it without one.")
    if entry.method not in {_STORED, DEFLATED}:
        raise UnreadableTemplate(f"its part {shown(entry.name)} is compressed in a way that Word does not know.")
    if _ONLY_IN_ZIP64 & {entry.deflated_size, entry.size, entry.offset} - {0xFFFF}:
        raise UnreadableTemplate(
            f"its part {shown(entry.name)} states no size. Open the file in Word and save it again."
        )


def _require_apart(archive: bytes, entries: Sequence[Entry], end: int) -> None:
    """Every member ends before the next begins: a bomb may unpack the same bytes again and again."""
    for entry in sorted(entries, key=lambda entry: entry.offset, reverse=True):
        if _start_of(archive, entry) + entry.deflated_size > end:
            raise UnreadableTemplate(f"its part {shown(entry.name)} overlaps another one.")
        end = entry.offset


def _start_of(archive: bytes, entry: Entry) -> int:
    """Where the member's bytes begin; raises when the head before them does not speak of this entry."""
    head = LOCAL.unpack_from(archive, entry.offset)
    named, extra = int(head[9]), int(head[10])
    name_at = entry.offset + LOCAL.size
    sizes = {entry.deflated_size, entry.size, 0, 0xFFFFFFFF}  # 0 where they follow the member
    if (
        head[0] != b"PK\3\4"
        or archive[name_at : name_at + named] != entry.raw_name
        or head[3] != entry.method
        or (head[2] ^ entry.flags) & _ENCRYPTED
        or not {head[7], head[8]} <= sizes
    ):
        raise UnreadableTemplate(f"its part {shown(entry.name)} is not what the file says it is.")
    return name_at + named + extra


def _inflated(raw: bytes, size: int) -> bytes:
    """The content, never more than one byte past its stated size."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    content = inflater.decompress(raw, size + 1)
    if len(content) > size or not inflater.eof or inflater.unused_data:
        raise damaged()
    return content
