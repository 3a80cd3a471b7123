"""The zip file around a document: opened with care, written so that equal members are equal bytes."""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

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


def read_members(document: bytes) -> dict[str, bytes]:
    """The members of a Word document by name, each name once.

    Raises `UnreadableTemplate` when the bytes are not a plain `.docx`: not a zip, encrypted, doubled or strange
    names, more than `MAX_UNCOMPRESSED` bytes inside, no document part, macros, or XML with a document type.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _require_plain(entries)
            members = {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, struct.error) as error:
        raise UnreadableTemplate("it is not a .docx file, or it is damaged.") from error
    _require_document(members)
    return members


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
    # `ZipFile.read` stops at the stated size, so that the statement can be trusted here.
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


def write_members(members: Mapping[str, bytes]) -> bytes:
    """A zip file of the members: equal members give equal bytes, whatever their order, the day or the machine.

    Members stand in a fixed order, dated 1 January 1980, deflated by zlib-ng at level 6.
    """
    out = bytearray()
    directory = bytearray()
    names = sorted(members, key=_order)
    for name in names:
        content, path = members[name], name.encode()
        deflated = _deflated(content)
        shared = (_VERSION_NEEDED, _UTF8_NAMES, _DEFLATED, 0, _FIRST_DAY)
        sizes = (zlib.crc32(content), len(deflated), len(content), len(path), 0)
        directory += _CENTRAL.pack(b"PK\1\2", _VERSION_NEEDED, *shared, *sizes, 0, 0, 0, 0, len(out)) + path
        out += _LOCAL.pack(b"PK\3\4", *shared, *sizes) + path + deflated
    end = _END.pack(b"PK\5\6", 0, 0, len(names), len(names), len(directory), len(out), 0)
    return bytes(out + directory + end)


def _deflated(content: bytes) -> bytes:
    deflater = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, -zlib_ng.MAX_WBITS)
    return bytes(deflater.compress(content) + deflater.flush())


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
