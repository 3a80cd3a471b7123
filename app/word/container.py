"""The zip file around a document: opened with care, written so that equal members are equal bytes."""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from zlib_ng import zlib_ng

from app.word.refusals import UnreadableTemplate

CONTENT_TYPES = "[Content_Types].xml"
ROOT_RELATIONSHIPS = "_rels/.rels"
DOCUMENT = "word/document.xml"

MAX_UNCOMPRESSED = 100 * 1024 * 1024
"""Bytes of all members together."""
MAX_MEMBERS = 5_000

_MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_LEVEL = 6
_DEFLATED = 8
_VERSION_NEEDED = 20
_UTF8_NAMES = 0x0800
_FIRST_DAY = (1 << 5) | 1  # 1 January 1980, the zip format's first day
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")


class Packed(NamedTuple):
    """A member as the zip file holds it: deflated, with the CRC-32 and the size in bytes of its content."""

    deflated: bytes
    crc: int
    size: int


def read_members(document: bytes) -> dict[str, bytes]:
    """The members of a Word document by name, each name once.

    Raises `UnreadableTemplate` when the bytes are not a plain `.docx`: not a zip, encrypted, doubled or strange
    names, more than `MAX_UNCOMPRESSED` bytes inside, no document part, macros, or XML with a document type.
    """
    return {name: member.content for name, member in read_file(document).items()}


class Member(NamedTuple):
    """A member that was read: its content, and how it stood in the file if it was deflated there."""

    content: bytes
    packed: Packed | None


def read_file(document: bytes) -> dict[str, Member]:
    """The members as `read_members` gives them, together with their compressed bytes; the same errors."""
    try:
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _require_plain(entries)
            members = {entry.filename: _member(document, entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, struct.error) as error:
        raise UnreadableTemplate("it is not a .docx file, or it is damaged.") from error
    _require_document({name: member.content for name, member in members.items()})
    return members


def _member(document: bytes, entry: zipfile.ZipInfo) -> Member:
    """The member, its bytes taken from where its entry says; raises `BadZipFile` when they are not what it says."""
    head = _LOCAL.unpack_from(document, entry.header_offset)
    named = entry.header_offset + _LOCAL.size
    start = named + head[-2] + head[-1]
    name = entry.orig_filename.encode("utf-8" if entry.flag_bits & _UTF8_NAMES else "cp437")
    raw = document[start : start + entry.compress_size]
    if head[0] != b"PK\3\4" or document[named : named + head[-2]] != name or len(raw) != entry.compress_size:
        raise zipfile.BadZipFile(entry.filename)
    content = _inflated(raw, entry) if entry.compress_type == _DEFLATED else raw
    if len(content) != entry.file_size or zlib_ng.crc32(content) != entry.CRC:
        raise zipfile.BadZipFile(entry.filename)
    return Member(content, Packed(raw, entry.CRC, entry.file_size) if entry.compress_type == _DEFLATED else None)


def _inflated(raw: bytes, entry: zipfile.ZipInfo) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    content = inflater.decompress(raw, entry.file_size + 1)
    if len(content) > entry.file_size or not inflater.eof or inflater.unused_data:
        raise zipfile.BadZipFile(entry.filename)
    return content


def _require_plain(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(names) > MAX_MEMBERS:
        raise UnreadableTemplate(f"it has more than {MAX_MEMBERS:,} parts.")
    if len({name.lower() for name in names}) != len(names):
        raise UnreadableTemplate("it holds two parts of the same name.")
    if any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
        raise UnreadableTemplate("it holds a part with a strange name.")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise UnreadableTemplate("it is protected by a password.")
    if any(entry.compress_type not in {0, _DEFLATED} for entry in entries):
        raise UnreadableTemplate("it is compressed in a way that Word does not know.")
    # `_inflated` stops at the stated size, so that the statement can be trusted here.
    if sum(entry.file_size for entry in entries) > MAX_UNCOMPRESSED:
        raise UnreadableTemplate("it holds more than 100 MiB.")


def _require_document(members: Mapping[str, bytes]) -> None:
    if CONTENT_TYPES not in members or DOCUMENT not in members:
        raise UnreadableTemplate("it is a zip file, but not a Word document.")
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in members):
        raise UnreadableTemplate("it holds macros. Save it as a document without macros (.docx).")
    if _MAIN_TYPE not in members[CONTENT_TYPES]:
        raise UnreadableTemplate("it is another kind of Word file. Save it as a Word document (.docx).")
    for name, content in members.items():
        if name.lower().endswith((".xml", ".rels")) and (b"<!DOCTYPE" in content or b"<!ENTITY" in content):
            raise UnreadableTemplate(f"its part {name} declares a document type.")


def packed(content: bytes) -> Packed:
    """The content deflated by zlib-ng at level 6."""
    deflater = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, -zlib_ng.MAX_WBITS)
    return Packed(bytes(deflater.compress(content) + deflater.flush()), zlib_ng.crc32(content), len(content))


def unpacked(member: Packed) -> bytes:
    """The content of a member as it was before it was deflated."""
    return zlib.decompress(member.deflated, -zlib.MAX_WBITS)


def write_members(members: Mapping[str, bytes]) -> bytes:
    """A zip file of the members: equal members give equal bytes, whatever their order, the day or the machine.

    Members stand in a fixed order, dated 1 January 1980, deflated by zlib-ng at level 6.
    """
    return joined({name: packed(content) for name, content in members.items()})


def joined(members: Mapping[str, Packed]) -> bytes:
    """A zip file of members that are deflated already, in a fixed order, dated 1 January 1980."""
    out: list[bytes] = []
    directory: list[bytes] = []
    position = 0
    names = sorted(members, key=_order)
    for name in names:
        (deflated, crc, size), path = members[name], name.encode()
        shared = (_VERSION_NEEDED, _UTF8_NAMES, _DEFLATED, 0, _FIRST_DAY)
        sizes = (crc, len(deflated), size, len(path), 0)
        directory += _CENTRAL.pack(b"PK\1\2", _VERSION_NEEDED, *shared, *sizes, 0, 0, 0, 0, position), path
        out += _LOCAL.pack(b"PK\3\4", *shared, *sizes), path, deflated
        position += _LOCAL.size + len(path) + len(deflated)
    listed = b"".join(directory)
    end = _END.pack(b"PK\5\6", 0, 0, len(names), len(names), len(listed), position, 0)
    return b"".join([*out, listed, end])


def _order(name: str) -> tuple[int, str]:
    return {CONTENT_TYPES: 0, ROOT_RELATIONSHIPS: 1}.get(name, 2), name


def content_digest(document: bytes) -> str:
    """SHA-256, in hexadecimal, of the document's member names and uncompressed bytes, in order of their names.

    Every name and content is preceded by its length in eight bytes. How the file is compressed makes no
    difference. Raises `UnreadableTemplate` when the bytes are no document.
    """
    digest = hashlib.sha256()
    for name, content in sorted(read_members(document).items()):
        for part in (name.encode(), content):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()
