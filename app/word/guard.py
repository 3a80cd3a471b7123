"""What a template's file may hold: looked at before anything else opens it, so that no paper carries harm to a reader.

Whoever opens a paper opens what its template brought: a macro, an object, a picture from somewhere else, a field that
reads a file. Such a thing is refused by name, with what to do about it. The way in is by what is allowed (endings of
names, kinds of fields, schemes of links) wherever that is a short list.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lxml import etree

from app.word.archive import shown
from app.word.container import (
    CONTENT_TYPES,
    DOCUMENT,
    ROOT_RELATIONSHIPS,
    SAVE_AS,
    XML_NAMES,
    Member,
    read_archive,
    read_file,
)
from app.word.fields import codes_in, is_safe_link, refusal_of
from app.word.namespaces import VML, w
from app.word.parts import NUMBERING
from app.word.refusals import UnreadableTemplate
from app.word.tags import has_tags

MAX_TEMPLATE = 24 * 1024 * 1024
"""Bytes of all members of a template together."""
MAX_XML = 8 * 1024 * 1024
"""Bytes of those that are XML."""
MAX_FILLED = 3 * 1024 * 1024 // 2
"""Bytes of one part that is filled: to understand its tags takes about forty times as much."""
MAX_MARKUP = 250_000
"""Elements, their ends and attributes of those, roughly; each of them takes memory many times its length."""
MAX_TREE = 128
"""Elements within one another."""

_ENDINGS = (
    *XML_NAMES,
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".emz", ".wmz"),
    *(".wdp", ".ico", ".webp", ".odttf", ".ttf", ".xlsx"),
)
_PRINTER = "printersettings"
_CHART = "chart"
_LARGEST_WORKBOOK = 4 * 1024 * 1024

_OBJECT = "an embedded object. Paste it as text, as a table or as a picture"
_ACTIVE = "an ActiveX control. Delete it, under Developer > Design Mode"
_MERGE = "a mail merge with its source of data. Make it a normal document, under Mailings > Start Mail Merge"
# Relationships by the last word of their kind: strict or transitional (ISO/IEC 29500), or Microsoft's own.
_KINDS = {
    "vbaProject": "macros. Save it as a document without macros (.docx)",
    "wordVbaData": "macros. Save it as a document without macros (.docx)",
    "attachedToolbars": "toolbars with commands of their own. Save it as a document without macros (.docx)",
    "keyMapCustomizations": "keys with commands of their own. Save it as a document without macros (.docx)",
    "extensibility": "buttons with commands of their own. Save it as a document without macros (.docx)",
    "userCustomization": "buttons with commands of their own. Save it as a document without macros (.docx)",
    "webextension": "an add-in. Remove it and save the file again",
    "webextensiontaskpanes": "an add-in. Remove it and save the file again",
    "aFChunk": "another document inside it (altChunk). Open it in Word and save it again, so that they become one",
    "oleObject": _OBJECT,
    "package": _OBJECT,
    "control": _ACTIVE,
    "activeXControlBinary": _ACTIVE,
    "attachedTemplate": "the address of another template. Attach Normal, under Developer > Document Template",
    "subDocument": "a part that is another document. Unlink it, in Word's outline view",
    "frame": "frames. Save it as a Word document (.docx) without them",
    "mailMergeSource": _MERGE,
    "mailMergeHeaderSource": _MERGE,
    "externalLink": "a link to another workbook. Break it, under File > Info > Edit Links to Files",
    "externalLinkPath": "a link to another workbook. Break it, under File > Info > Edit Links to Files",
    "connections": "a connection to a source of data. Remove it, under Data > Queries & Connections",
    "queryTable": "a connection to a source of data. Remove it, under Data > Queries & Connections",
    "xlMacrosheet": "macros. Save the workbook without macros (.xlsx)",
    "origin": "a digital signature, which would not hold for its papers. Remove it, under File > Info",
}
_OUTSIDE = {
    "image": "a picture that is not in the file. Insert the picture itself, not a link to it",
    "hyperlink": "a link that is not to the web (http, https) or an e-mail address (mailto). Change or remove it",
}
_ELEMENTS = {
    "altChunk": _KINDS["aFChunk"],
    "subDoc": _KINDS["subDocument"],
    "OLEObject": _OBJECT,
    "objectEmbed": _OBJECT,
    "objectLink": _OBJECT,
    "attachedTemplate": _KINDS["attachedTemplate"],
    "mailMerge": _MERGE,
    "frameset": _KINDS["frame"],
    "saveThroughXslt": "a transformation. Save it as a Word document (.docx) without it",
    "script": "a script. Remove the picture or the text that holds it",
    "foreignObject": "a picture with a web page inside. Insert it as a PNG instead",
}
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_TREE + 1)})")
_ELEMENT_NAMES = tuple(f"{{*}}{name}" for name in _ELEMENTS)
_WHOLE, _LENGTH = re.compile(r"-?[0-9]{1,9}"), re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?")
# What is counted on and measured with, by element and attribute; a tag may stand for a span.
_NUMBERS = {
    "abstractNum": {"abstractNumId": _WHOLE},
    "num": {"numId": _WHOLE},
    "gridSpan": {"val": _WHOLE},
    "gridCol": {"w": _LENGTH},
    "pgSz": {"w": _LENGTH, "h": _LENGTH},
    "pgMar": dict.fromkeys(("left", "right", "top", "bottom", "gutter"), _LENGTH),
}
_NUMBERED = tuple(f"{{*}}{name}" for name in _NUMBERS)
_LONGEST_ID = 255
_STRICT = "{http://purl.oclc.org/ooxml/"  # ISO/IEC 29500-1; all else here is ISO/IEC 29500-4, transitional
_VML = (VML, "urn:schemas-microsoft-com:office:office")
_ADDRESSES = ("href", "althref")


def guard(document: bytes) -> None:
    """Pass when the file may be used as a template; else raise `UnreadableTemplate`, naming what it holds."""
    guarded(document)


class Guarded(NamedTuple):
    """A file that may be used as a template: its members as `read_file` gives them, and the parts read as trees."""

    members: Mapping[str, Member]
    trees: Mapping[str, etree._Element]


def guarded(document: bytes) -> Guarded:
    """The members and trees of a file that may be used as a template.

    Raises the errors of `read_file`, and `UnreadableTemplate` for what is too large, or may do harm to whoever opens a
    paper.
    """
    file = read_file(document, most=MAX_TEMPLATE)
    members = {name: member.content for name, member in file.items()}
    _require_bounded(members)
    trees = _Trees(members)
    types = trees[CONTENT_TYPES]
    books = set(_relations(trees, charts=_parts_like(types, _CHART)))
    _require_known_kinds(members, types, books)
    for name in members:
        lower = name.lower()
        if lower.endswith(XML_NAMES) and not lower.endswith(".rels") and not lower.startswith("customxml/"):
            _require_harmless(name, trees[name])
    for book in books:
        _require_plain_workbook(book, members[book])
    _require_as_word_writes(trees)
    return Guarded(file, trees)


class _Trees(dict[str, etree._Element]):
    """The parts as trees, each read when it is asked for; raises `UnreadableTemplate` for one that is no XML."""

    def __init__(self, members: Mapping[str, bytes]) -> None:
        super().__init__()
        self.members = members

    def __missing__(self, name: str) -> etree._Element:
        root = self[name] = tree_of(name, self.members[name])
        return root


def _refused(name: str, what: str) -> UnreadableTemplate:
    return UnreadableTemplate(f"its part {shown(name)} holds {what}.")


def _require_bounded(members: Mapping[str, bytes]) -> None:
    """The bound on memory: a tree of elements takes it by their number more than by their length."""
    markup = size = 0
    for name, content in members.items():
        if name.lower().endswith(XML_NAMES):
            size += len(content)
            markup += content.count(b"<") + content.count(b"=")
            if len(content) > MAX_FILLED and (name == DOCUMENT or has_tags(content)):
                raise UnreadableTemplate(
                    f"its part {shown(name)} is larger than {MAX_FILLED / 1024**2:g} MiB, which is too much for a part "
                    "with tags. Keep the format and take out the content."
                )
            if size > MAX_XML or markup > MAX_MARKUP:
                raise UnreadableTemplate(
                    f"its part {shown(name)} makes it too large: a template has no more than {MAX_XML // 1024**2} MiB "
                    f"of text and {MAX_MARKUP:,} elements and attributes. Keep the format and take out the content."
                )


def tree_of(name: str, content: bytes) -> etree._Element:
    """The part of this name as a tree, without comments; raises `UnreadableTemplate` where it is no XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableTemplate(f"its part {shown(name)} is damaged.") from error


def _require_as_word_writes(trees: _Trees) -> None:
    """The parts that tags and lists are in: what translates tags knows one way to write them."""
    for part, name in ((DOCUMENT, "document"), (NUMBERING, "numbering")):
        if part not in trees.members:
            continue
        root = trees[part]
        if str(root.tag).startswith(_STRICT):
            raise UnreadableTemplate(f"it is saved as a Strict Open XML document. {SAVE_AS}")
        if root.tag != w(name) or root.prefix != "w" or (part == DOCUMENT and root.find(w("body")) is None):
            raise UnreadableTemplate(f"its part {part} is not written as Word writes it. {SAVE_AS}")


def _parts_like(types: etree._Element, word: str) -> set[str]:
    """The names of the parts whose declared kind has this word."""
    return {
        override.get("PartName", "").lstrip("/")
        for override in types.iter("{*}Override")
        if word in override.get("ContentType", "").lower()
    }


def _require_known_kinds(members: Mapping[str, bytes], types: etree._Element, books: set[str]) -> None:
    """Every member has an ending that a template needs; what else it may be called is no matter."""
    printers = _parts_like(types, _PRINTER)
    by_ending = {e.get("Extension", "").lower(): e.get("ContentType", "").lower() for e in types.iter("{*}Default")}
    for name in members:
        lower = name.lower()
        if "activex" in lower:
            raise _refused(name, _ACTIVE)
        if lower.endswith(".xlsx") and name not in books:
            raise _refused(name, _OBJECT)
        is_printer = name in printers or (lower.endswith(".bin") and _PRINTER in by_ending.get("bin", ""))
        if not lower.endswith(_ENDINGS) and not is_printer:
            raise _refused(name, _OBJECT)


# What the parts lead to


def _relations(trees: _Trees, *, charts: set[str]) -> Iterator[str]:
    """The workbooks of the charts; raises for every relationship that leads where no template needs to lead."""
    members = trees.members
    for name in members:
        if name.lower().endswith(".rels"):
            folder, _, holder = name.rpartition("_rels/")
            source = f"{folder}{holder.removesuffix('.rels')}"
            for relation in trees[name].iter("{*}Relationship"):
                target = _target(name, source, relation)
                if len(relation.get("Id", "")) > _LONGEST_ID:
                    raise _refused(name, "a name that is too long. Open it in Word and save it again")
                kind = relation.get("Type", "").rstrip("/").rpartition("/")[2]
                if kind == "package" and source in charts and target in members and target.lower().endswith(".xlsx"):
                    yield target
                elif kind in _KINDS:
                    raise _refused(name, _KINDS[kind])
                if _leads_astray(name, kind, target, members):
                    raise UnreadableTemplate(
                        "its main part has another name than Word gives it. Save it again in Word."
                    )


def _leads_astray(name: str, kind: str, target: str, members: Mapping[str, bytes]) -> bool:
    """Whether Word would open another part than the one that is looked at here."""
    return name == ROOT_RELATIONSHIPS and kind == "officeDocument" and DOCUMENT in members and target != DOCUMENT


def _target(name: str, source: str, relation: etree._Element) -> str:
    """The member that a relationship leads to, empty where it is a link that may lead outside."""
    kind = relation.get("Type", "").rstrip("/").rpartition("/")[2]
    target = relation.get("Target", "").strip()
    if relation.get("TargetMode", "Internal") != "Internal":
        if kind == "hyperlink" and is_safe_link(target):
            return ""
        raise _refused(name, _KINDS.get(kind) or _OUTSIDE.get(kind) or f"a link to something outside ({shown(kind)})")
    if target.startswith("#"):
        return ""
    if ":" in target or "\\" in target or target.startswith("//"):
        raise _refused(name, f"a link that leads out of the file, “{shown(target)}”. Open it in Word and save it again")
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")


def _require_plain_workbook(name: str, content: bytes) -> None:
    """The workbook behind a chart holds numbers and nothing that acts."""
    try:
        members = {inner: member.content for inner, member in read_archive(content, most=_LARGEST_WORKBOOK).items()}
        _require_bounded(members)
        for _ in _relations(_Trees(members), charts=set()):
            pass
        for inner in members:
            if not inner.lower().endswith(_ENDINGS) and _PRINTER not in inner.lower():
                raise _refused(inner, _OBJECT)
        if b"macroenabled" in members.get(CONTENT_TYPES, b"").lower():
            raise _refused(CONTENT_TYPES, _KINDS["xlMacrosheet"])
    except UnreadableTemplate as error:
        why = error.summary.partition(": ")[2]
        raise UnreadableTemplate(f"the workbook {shown(name)} of a chart cannot be used: {why}") from error


# What stands in the parts


def _require_harmless(name: str, root: etree._Element) -> None:
    if _TOO_DEEP(root):
        raise UnreadableTemplate(f"its part {shown(name)} has more than {MAX_TREE} elements within one another.")
    for element in root.iter(*_ELEMENT_NAMES):
        raise _refused(name, _ELEMENTS[str(etree.QName(element).localname)])
    _require_numbers(name, root)
    for element in root.iter(*(f"{{{space}}}*" for space in _VML)):
        for attribute, value in _attributes(element):
            if attribute == "src" and value.strip():
                raise _refused(name, _OUTSIDE["image"])
            if attribute in _ADDRESSES and value.strip() and not is_safe_link(value):
                raise _refused(name, _OUTSIDE["hyperlink"])
    if name.lower().endswith(".svg"):
        _require_plain_svg(name, root)
    for code in codes_in(root):
        if what := refusal_of(code):
            raise _refused(name, what)


def _require_numbers(name: str, root: etree._Element) -> None:
    for element in root.iter(*_NUMBERED):
        kind = str(etree.QName(element).localname)
        for attribute, value in _attributes(element):
            wanted = _NUMBERS[kind].get(attribute)
            if wanted and not wanted.fullmatch(value) and not (kind == "gridSpan" and "{" in value):
                what = f"“{shown(value)}” where a number belongs ({kind})"
                raise _refused(name, f"{what}. Open it in Word and save it again")


def _require_plain_svg(name: str, root: etree._Element) -> None:
    for element in root.iter("{*}*"):
        for attribute, value in _attributes(element):
            is_inside = value.strip().startswith(("#", "data:image/"))
            if attribute.startswith("on") or (attribute == "href" and not is_inside):
                raise _refused(name, _OUTSIDE["image"])


def _attributes(element: etree._Element) -> Iterator[tuple[str, str]]:
    """The attributes of an element, by name without namespace."""
    return ((etree.QName(name).localname, str(value)) for name, value in element.attrib.items())
