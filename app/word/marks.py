"""The marks of regions: which stretch of a document prints which stored text.

Each stretch is a bookmark of its own, hidden in Word because its name begins with `_`. What the names stand for is
told by a table in a custom XML item of the package: LibreOffice keeps it on the way through, as it keeps bookmarks,
while it drops parts of kinds unknown to it and document variables.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from lxml import etree

from app.word.container import DOCUMENT
from app.word.namespaces import R
from app.word.parts import first_free_chart, only_relation, relationships_of, without_part
from app.word.xmltext import escaped

CUSTOM_XML = f"{R}/customXml"
_PROPERTIES = f"{R}/customXmlProps"
_NAMESPACE = "urn:boardpapers:regions"
_ITEM_ID = "{8D5E1F0C-2B64-4C1A-9E57-3A7C60B4D1F2}"  # names this kind of item within a package; means nothing else
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_ITEM = re.compile(r"customXml/item([0-9]+)\.xml")
_BOOKMARK_ID = re.compile(rb"<w:bookmark(?:Start|End)\b[^>]*?\sw:id=[\"']([0-9]{1,9})[\"']")
_IN_TEXT = re.compile(r"<\?(begin|end) ([0-9]+)\?>")
_RUN = re.compile(
    r"(<w:r(?: [^<>]*)?>(?:<w:rPr/>|<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?)(?:<w:t(?: [^<>]*)?>)?", re.DOTALL
)
_CLOSED = "</w:t></w:r>"
_AFTER_TABLE = re.compile(
    r"(</w:tbl>(?:<w:bookmarkEnd [^<>]*/>)*)"
    r'<w:bookmarkStart w:id="([0-9]+)" w:name="_region\2"/>(?>(<w:p[ >].*?</w:p>))(?!<w:bookmarkEnd w:id="\2"/>)',
    re.DOTALL,
)
_TOUCHING = re.compile(r"(</w:tbl>(?:<w:bookmarkEnd [^<>]*/>)*)((?:<w:bookmarkStart [^<>]*/>)*<w:tbl>)")
_REST = re.compile("(_region[0-9]+)b")
_OUR_NAME = re.compile(rb"w:name=[\"']_region([0-9]{1,9})[\"']")


BOOKMARKS_EACH = 2
"""How many ids are kept for each stretch; the second one is needed after a table only."""


class Mark(NamedTuple):
    """One printed stretch: the bookmark's name, the key of the stored text, and what reading it back takes.

    `heading_level` is the level of the style that an `h3` took, None for plain text. `in_table` says that the stretch
    begins with a table: LibreOffice moves the beginning of its bookmark into the first cell. `in_line` says that it is
    runs in a paragraph of the template, whose style is not the text's own.
    """

    name: str
    key: str
    heading_level: int | None
    in_table: bool
    in_line: bool = False


class Free(NamedTuple):
    """The first numbers that a template leaves free, for bookmarks, custom XML items and charts."""

    bookmark: int
    item: int
    chart: int


def free_in(members: Mapping[str, bytes]) -> Free:
    """What a template with these members leaves free."""
    # A longer number than the patterns read is so high that no document counts up to it.
    used = (
        int(number)
        for name, content in members.items()
        if name.startswith("word/") and name.endswith(".xml") and b"<w:bookmark" in content
        for pattern in (_BOOKMARK_ID, _OUR_NAME)
        for number in pattern.findall(content)
    )
    items = (int(found.group(1)) for name in members if (found := _ITEM.fullmatch(name)))
    return Free(1 + max(used, default=0), 1 + max(items, default=0), first_free_chart(members))


def name_of(number: int) -> str:
    """The name of the bookmark with this number."""
    return f"_region{number}"


def bookmark(number: int) -> tuple[str, str]:
    """The beginning and the end of the bookmark with this number; they stand around paragraphs and tables, or runs."""
    return f'<w:bookmarkStart w:id="{number}" w:name="{name_of(number)}"/>', f'<w:bookmarkEnd w:id="{number}"/>'


def name_in(written: str) -> str:
    """The name of the stretch that a bookmark of this name is the whole or the rest of."""
    rest = _REST.fullmatch(written)
    return rest.group(1) if rest else written


def after_tables(part_xml: str, between: str) -> str:
    """The part with this XML between tables that only bookmarks part, and bookmarks after a table that last.

    LibreOffice forgets a bookmark that begins right after a table and holds several paragraphs: there, the first
    paragraph has it alone, and what follows has another one, whose name ends with a `b`.
    """

    def divided(found: re.Match[str]) -> str:
        before, number, paragraph = found.group(1), int(found.group(2)), found.group(3)
        begins, ends = f'<w:bookmarkStart w:id="{number + 1}"', f'<w:bookmarkEnd w:id="{number + 1}"/>'
        first = f'{begins} w:name="{name_of(number)}"/>{paragraph}{ends}'
        return f'{before}{first}<w:bookmarkStart w:id="{number}" w:name="{name_of(number)}b"/>'

    return _AFTER_TABLE.sub(divided, _TOUCHING.sub(rf"\1{between}\2", part_xml))


def with_bookmarks(part_xml: str) -> str:
    """The part with bookmarks where `<?begin 7?>` and `<?end 7?>` stand in its text.

    A bookmark stands between runs, not within one: the run is cut there, and a piece without words is left out.
    """
    first, *rest = _IN_TEXT.split(part_xml)
    out, head = [first], ""
    for which, number, after in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        before = out.pop()
        start = max(before.rfind("<w:r>"), before.rfind("<w:r "))
        opened = _RUN.match(before, start) if start >= 0 else None
        head = opened.group(1) if opened else head
        is_bare = opened is not None and opened.end() == len(before)
        out.append(before[:start] if is_bare else f"{before}{_CLOSED}")
        out.append(bookmark(int(number))[which == "end"])
        is_closed = after.startswith(_CLOSED)
        out.append(after.removeprefix(_CLOSED) if is_closed else f'{head}<w:t xml:space="preserve">{after}')
    return "".join(out)


def item_of(number: int) -> str:
    """The name of the member that holds the table, as custom XML item of this number."""
    return f"customXml/item{number}.xml"


def table_of(marks: Iterable[Mark], number: int) -> dict[str, bytes]:
    """The table of these marks as custom XML item of this number: its members by name."""
    rows = "".join(
        f'<region name="{mark.name}" key="{escaped(mark.key)}"'
        + (f' level="{mark.heading_level}"' if mark.heading_level is not None else "")
        + (' begins="table"' if mark.in_table else ' begins="line"' if mark.in_line else "")
        + "/>"
        for mark in marks
    )
    properties = (
        f'<ds:datastoreItem ds:itemID="{_ITEM_ID}" xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'customXml"><ds:schemaRefs><ds:schemaRef ds:uri="{_NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
    )
    item = item_of(number)
    return {
        item: f'{_HEAD}<regions xmlns="{_NAMESPACE}">{rows}</regions>'.encode(),
        f"customXml/itemProps{number}.xml": f"{_HEAD}{properties}".encode(),
        relationships_of(item): only_relation(_PROPERTIES, f"itemProps{number}.xml"),
    }


def marks_in(members: Mapping[str, bytes]) -> dict[str, Mark]:
    """The marks of a document by the names of their bookmarks; none where its table is gone or damaged."""
    for name in _tables(members):
        try:
            root = etree.fromstring(members[name], etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError:
            continue
        marks = (_mark(row) for row in root.iter(f"{{{_NAMESPACE}}}region"))
        return {mark.name: mark for mark in marks}
    return {}


def _mark(row: etree._Element) -> Mark:
    level = row.get("level", "")
    return Mark(
        name=row.get("name", ""),
        key=row.get("key", ""),
        heading_level=int(level) if re.fullmatch("[1-9]", level) else None,
        in_table=row.get("begins") == "table",
        in_line=row.get("begins") == "line",
    )


def without_table(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """The members without a table of regions: a template that was made of a paper prints none of that paper's texts.

    The bookmarks of that paper stay, as any bookmark of a template does; no table names them.
    """
    kept = dict(members)
    for item in list(_tables(members)):
        properties = item.replace("/item", "/itemProps")
        kept.pop(relationships_of(item), None)
        kept = without_part(without_part(kept, item, DOCUMENT), properties, item)
    return kept


def _tables(members: Mapping[str, bytes]) -> Iterator[str]:
    return (name for name in sorted(members) if _ITEM.fullmatch(name) and _NAMESPACE.encode() in members[name])
