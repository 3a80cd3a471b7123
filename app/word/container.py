"""The zip file around a document: opened with care, written so that equal members are equal bytes."""

import codecs
import hashlib
import re
import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from zlib_ng import zlib_ng

from app.word.archive import (
    CENTRAL,
    DEFLATED,
    END,
    LOCAL,
    UTF8_NAMES,
    Entry,
    content_of,
    damaged,
    entries_in,
    shown,
)
from app.word.refusals import UnreadableTemplate

CONTENT_TYPES = "[Content_Types].xml"
ROOT_RELATIONSHIPS = "_rels/.rels"
DOCUMENT = "word/document.xml"

MAX_UNCOMPRESSED = 100 * 1024 * 1024
"""Bytes of all members together."""
MAX_MEMBERS = 5_000

SAVE_AS = "Open it in Word and save it as a Word document (.docx)."
XML_NAMES = (".xml", ".rels", ".vml", ".svg", ".psmdcp")
"""How the names of members end that are XML."""

_MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_MACROS = b"macroenabled"
_OTHER_APPLICATIONS = {b"spreadsheetml": "an Excel workbook (.xlsx)", b"presentationml": "a PowerPoint file (.pptx)"}

# How other files begin. The older ones of Office are small file systems, whose entries are named in UTF-16.
_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_COMPOUND_FILES = {
    "EncryptedPackage": "it is protected by a password. Open it in Word, take the password off and save it again.",
    "WordDocument": f"it is a document of Word 97–2003 (.doc). {SAVE_AS}",
    "Workbook": "it is an Excel workbook (.xls), not a Word document.",
    "PowerPoint Document": "it is a PowerPoint file (.ppt), not a Word document.",
}
_OTHER_FILES = {
    b"%pdf": "it is not a .docx file but a PDF. Upload the Word document that it was made from.",
    b"{\\rtf": f"it is not a .docx file but rich text (.rtf). {SAVE_AS}",
    b"<!doctype html": f"it is not a .docx file but a web page. {SAVE_AS}",
    b"<html": f"it is not a .docx file but a web page. {SAVE_AS}",
    b"<?xml": f"it is not a .docx file but an XML file. {SAVE_AS}",
    b"\xff\xd8\xff": "it is not a .docx file but a picture.",
    b"\x89png": "it is not a .docx file but a picture.",
    b"gif8": "it is not a .docx file but a picture.",
}

_HEAD = 1024
_PIECE = 1024 * 1024
_DECLARED = re.compile(rb"""\xef?\xbb?\xbf?\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([^"'>]*)""")
_ENCODINGS = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}

_LEVEL = 5  # 6 takes a tenth longer for files that are one percent smaller
_VERSION_NEEDED = 20
_FIRST_DAY = (1 << 5) | 1  # 1 January 1980, the zip format's first day


class Packed(NamedTuple):
    """A member as the zip file holds it: deflated, with the CRC-32 and the size in bytes of its content."""

    deflated: bytes
    crc: int
    size: int


def read_members(document: bytes) -> dict[str, bytes]:
    """The members of a Word document by name, each name once.

    Raises `UnreadableTemplate` when the bytes are not a plain `.docx`: another kind of file, encrypted, a zip file
    that is not as `app.word.archive` asks, more than `MAX_UNCOMPRESSED` bytes inside, no document part, macros, or
    XML with a document type or in another encoding than UTF-8.
    """
    return {name: member.content for name, member in read_file(document).items()}


class Member(NamedTuple):
    """A member that was read: its content, and how it stood in the file if it was deflated there."""

    content: bytes
    packed: Packed | None


def read_file(document: bytes, *, most: int = MAX_UNCOMPRESSED) -> dict[str, Member]:
    """The members as `read_members` gives them, together with their compressed bytes; the same errors.

    `most` is how many bytes all members may have together.
    """
    if why := kind_of(document):
        raise UnreadableTemplate(why)
    members = read_archive(document, most=most)
    _require_document({name: member.content for name, member in members.items()})
    return members


def read_archive(archive: bytes, *, most: int) -> dict[str, Member]:
    """The members of a plain zip file, whatever it is; the errors of `read_file` that do not ask for a document."""
    try:
        entries = [entry for entry in entries_in(archive, most_members=MAX_MEMBERS) if not entry.name.endswith("/")]
        # A member is never inflated past its stated size, so that the statement can be trusted here.
        stated = sum(entry.size for entry in entries)
        for bound in (MAX_UNCOMPRESSED, most):
            if stated > bound:
                raise UnreadableTemplate(f"it holds more than {bound // 1024**2} MiB.")
        members = {entry.name: _member(archive, entry) for entry in entries}
    except (zlib.error, EOFError, ValueError, struct.error) as error:
        raise damaged() from error
    for name, member in members.items():
        _require_plain_xml(name, member.content)
    return members


def _member(archive: bytes, entry: Entry) -> Member:
    raw, content = content_of(archive, entry)
    return Member(content, Packed(raw, entry.crc, entry.size) if entry.method == DEFLATED else None)


def is_xml(name: str, content: bytes) -> bool:
    """Whether a member is XML: by its name, or because it begins like it, in any encoding that has a mark."""
    return (
        name.lower().endswith(XML_NAMES)
        or content[:64].lstrip(b"\xef\xbb\xbf\t\r\n ")[:1] == b"<"
        or (content[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE})
    )


def _require_plain_xml(name: str, content: bytes) -> None:
    if not is_xml(name, content):
        return
    declared = _DECLARED.match(content[:_HEAD])
    if b"\0" in content or (declared and declared.group(1).lower() not in _ENCODINGS) or not _is_utf8(content):
        raise UnreadableTemplate(f"its part {shown(name)} is not written in UTF-8. Open it in Word and save it again.")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnreadableTemplate(f"its part {shown(name)} declares a document type. Open it in Word and save it again.")


def _is_utf8(content: bytes) -> bool:
    if content.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), _PIECE):
            decoder.decode(content[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _require_document(members: Mapping[str, bytes]) -> None:
    if b"opendocument" in members.get("mimetype", b""):
        raise UnreadableTemplate(f"it is an OpenDocument file. {SAVE_AS}")
    types = members.get(CONTENT_TYPES, b"")
    for mark, what in _OTHER_APPLICATIONS.items():
        if mark in types and DOCUMENT not in members:
            raise UnreadableTemplate(f"it is {what}, not a Word document.")
    if CONTENT_TYPES not in members or DOCUMENT not in members:
        raise UnreadableTemplate("it is a zip file, but not a Word document.")
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in members) or _MACROS in types.lower():
        raise UnreadableTemplate("it holds macros. Save it as a document without macros (.docx).")
    if _MAIN_TYPE not in types:
        raise UnreadableTemplate(f"it is another kind of Word file. {SAVE_AS}")


def kind_of(document: bytes) -> str | None:
    """Why these bytes are not a `.docx`, as the end of a sentence, where they are known to be something else."""
    if document.startswith(_COMPOUND):
        found = (why for mark, why in _COMPOUND_FILES.items() if mark.encode("utf-16-le") in document)
        return next(found, f"it is a file of an older Office program. {SAVE_AS}")
    head = document[:_HEAD].lstrip(b"\xef\xbb\xbf\t\r\n ").lower()
    return next((why for mark, why in _OTHER_FILES.items() if head.startswith(mark)), None)


def packed(content: bytes) -> Packed:
    """The content deflated by zlib-ng at level 5."""
    deflater = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, -zlib_ng.MAX_WBITS)
    return Packed(bytes(deflater.compress(content) + deflater.flush()), zlib_ng.crc32(content), len(content))


def unpacked(member: Packed) -> bytes:
    """The content of a member as it was before it was deflated."""
    return zlib.decompress(member.deflated, -zlib.MAX_WBITS)


def write_members(members: Mapping[str, bytes]) -> bytes:
    """A zip file of the members: equal members give equal bytes, whatever their order, the day or the machine.

    Members stand in a fixed order, dated 1 January 1980, deflated by zlib-ng at level 5.
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
        shared = (_VERSION_NEEDED, UTF8_NAMES, DEFLATED, 0, _FIRST_DAY)
        sizes = (crc, len(deflated), size, len(path), 0)
        directory += CENTRAL.pack(b"PK\1\2", _VERSION_NEEDED, *shared, *sizes, 0, 0, 0, 0, position), path
        out += LOCAL.pack(b"PK\3\4", *shared, *sizes), path, deflated
        position += LOCAL.size + len(path) + len(deflated)
    listed = b"".join(directory)
    end = END.pack(b"PK\5\6", 0, 0, len(names), len(names), len(listed), position, 0)
    return b"".join([*out, listed, end])


def _order(name: str) -> tuple[int, str]:
    return {CONTENT_TYPES: 0, ROOT_RELATIONSHIPS: 1}.get(name, 2), name


def content_digest(document: bytes) -> str:
    """SHA-256, in hexadecimal, of the document's member names and uncompressed bytes, in order of their names.

    Every name and content is preceded by its length in eight bytes. How the file is compressed makes no
    difference. Raises `UnreadableTemplate` when the bytes are no document.
    """
    return digest_of(sorted(read_members(document).items()))


def digest_of(members: Iterable[tuple[str, bytes]]) -> str:
    """The content digest of a document that has these members, which come in the order of their names."""
    digest = hashlib.sha256()
    for name, content in members:
        for part in (name.encode(), content):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()
