"""The package around the parts of a document: content types and relationships."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from html import unescape
from xml.sax.saxutils import quoteattr

from app.word.container import CONTENT_TYPES, DOCUMENT, ROOT_RELATIONSHIPS
from app.word.namespaces import HYPERLINK, PACKAGE_RELATIONSHIPS, R

CORE = "docProps/core.xml"
CUSTOM = "docProps/custom.xml"
NUMBERING = "word/numbering.xml"
STYLES = "word/styles.xml"
SETTINGS = "word/settings.xml"

_TYPES = {
    CORE: "application/vnd.openxmlformats-package.core-properties+xml",
    CUSTOM: "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    NUMBERING: "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml",
}
_RELATIONS = {
    CORE: (ROOT_RELATIONSHIPS, f"{PACKAGE_RELATIONSHIPS}/metadata/core-properties", CORE),
    CUSTOM: (ROOT_RELATIONSHIPS, f"{R}/custom-properties", CUSTOM),
    NUMBERING: ("word/_rels/document.xml.rels", f"{R}/numbering", "numbering.xml"),
}
CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
ITEM_PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EXTENSIONS = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "xlsx": WORKBOOK_TYPE,
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "xml": "application/xml",
}
# Parts that narratives and regions bring and that are of another kind than all XML.
_KINDS = {"word/charts/": CHART_TYPE, "customXml/itemProps": ITEM_PROPERTIES_TYPE}
# What Word or python-docx left behind and no reader needs.
_DROPPED = ("word/stylesWithEffects.xml", "docProps/thumbnail.jpeg")

_RELATIONSHIP = re.compile(r"<Relationship\b[^>]*?(?:/>|>\s*</Relationship>)")
_UPDATE_FIELDS = re.compile(rb"<(\w+:)?updateFields\b[^>]*?(?:/>|>\s*</(?:\w+:)?updateFields\s*>)")
_DEFAULT = re.compile(r"<Default\b[^>]*?(?:/>|>\s*</Default>)")
_TYPES_HEAD = re.compile(r"<Types\b[^>]*>")
_OVERRIDE = re.compile(r"<Override\b[^>]*?(?:/>|>\s*</Override>)")
_CHART = re.compile(r"word/(?:charts|embeddings)/boardchart([0-9]+)\.(?:xml|xlsx)")
_ATTRIBUTE = re.compile(r"""\s(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<Relationships xmlns="{PACKAGE_RELATIONSHIPS}"></Relationships>'
)


def parts_of_kinds(content_types: bytes, kinds: Iterable[str]) -> list[str]:
    """The names of the parts that the content types declare to be of these kinds, such as `header`."""
    wanted = {f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml" for kind in kinds}
    declared = (_attributes(found) for found in _OVERRIDE.findall(content_types.decode()))
    # Capitals mean nothing in a content type (ISO/IEC 29500-2, 6.2.3).
    found = [of for of in declared if of.get("ContentType", "").lower() in wanted]
    return [of["PartName"].lstrip("/") for of in found if "PartName" in of]


def relationships_of(part: str) -> str:
    """The name of the member that holds the relationships of a part."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def without_leftovers(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """The members without the thumbnail and the doubled styles, and without anything that speaks of them.

    Nor do the settings ask for fields to be updated: Word would ask everybody who opens a paper, and what can be known
    of a field stands in it.
    """
    kept = dict(members)
    if b"updateFields" in kept.get(SETTINGS, b""):
        kept[SETTINGS] = _UPDATE_FIELDS.sub(b"", kept[SETTINGS])
    for dropped in _DROPPED:
        if kept.pop(dropped, None) is None:
            continue
        for holder, pattern, attribute in (
            (CONTENT_TYPES, _OVERRIDE, "PartName"),
            (ROOT_RELATIONSHIPS, _RELATIONSHIP, "Target"),
            (relationships_of(DOCUMENT), _RELATIONSHIP, "Target"),
        ):
            if holder in kept:
                kept[holder] = _without(kept[holder], pattern, attribute, dropped)
    return kept


def without_part(members: Mapping[str, bytes], part: str, source: str) -> dict[str, bytes]:
    """The members without this part, its content type, and the relationship that leads to it from another part."""
    kept = {name: content for name, content in members.items() if name != part}
    kept[CONTENT_TYPES] = _without(kept[CONTENT_TYPES], _OVERRIDE, "PartName", part)
    if (holder := relationships_of(source)) in kept:
        target = posixpath.relpath(part, posixpath.dirname(source))
        for written in (part, target):
            kept[holder] = _without(kept[holder], _RELATIONSHIP, "Target", written)
    return kept


def _without(content: bytes, pattern: re.Pattern[str], attribute: str, dropped: str) -> bytes:
    def keep(found: re.Match[str]) -> str:
        target = _attributes(found.group()).get(attribute, "").lstrip("/")
        return "" if target in {dropped, dropped.removeprefix("word/")} else found.group()

    return pattern.sub(keep, content.decode()).encode()


def with_part(members: Mapping[str, bytes], part: str, content: bytes) -> dict[str, bytes]:
    """The members with this part, its content type and the relationship that leads to it."""
    out = {**members, part: content}
    types = out[CONTENT_TYPES].decode()
    declared = {_attributes(found).get("PartName", "").lstrip("/") for found in _OVERRIDE.findall(types)}
    if part not in declared:
        override = f'<Override PartName="/{part}" ContentType="{_TYPES[part]}"/>'
        out[CONTENT_TYPES] = types.replace("</Types>", f"{override}</Types>").encode()
    holder, kind, target = _RELATIONS[part]
    relations = out.get(holder, _EMPTY.encode()).decode()
    if not any(_attributes(found).get("Type") == kind for found in _RELATIONSHIP.findall(relations)):
        added = _relationship(f"rId{first_free_id(relations)}", kind, target)
        out[holder] = _extended(relations, added).encode()
    return out


def with_links(members: Mapping[str, bytes], part: str, links: Mapping[str, str]) -> dict[str, bytes]:
    """The members with external hyperlinks of one part: relationship id to address."""
    holder = relationships_of(part)
    added = "".join(
        _relationship(identifier, HYPERLINK, address, external=True) for identifier, address in links.items()
    )
    return {**members, holder: _extended(members.get(holder, _EMPTY.encode()).decode(), added).encode()}


def with_added(members: Mapping[str, bytes], added: Mapping[str, bytes]) -> dict[str, bytes]:
    """The members with these pictures, charts, workbooks and custom XML items and their content types."""
    out = {**members, **added}
    types = out[CONTENT_TYPES].decode()
    defaults = {_attributes(found).get("Extension", "").lower() for found in _DEFAULT.findall(types)}
    wanted = dict.fromkeys(posixpath.splitext(part)[1].removeprefix(".") for part in added)
    new = "".join(
        f'<Default Extension="{extension}" ContentType="{_EXTENSIONS[extension]}"/>'
        for extension in wanted
        if extension in _EXTENSIONS and extension not in defaults
    )
    overrides = "".join(
        f'<Override PartName="/{part}" ContentType="{kind}"/>'
        for part in added
        for beginning, kind in _KINDS.items()
        if part.startswith(beginning) and part.endswith(".xml")
    )
    head = _TYPES_HEAD.search(types)
    place = head.end() if head else 0
    out[CONTENT_TYPES] = f"{types[:place]}{new}{types[place:]}".replace("</Types>", f"{overrides}</Types>").encode()
    return out


def with_relations(
    members: Mapping[str, bytes], part: str, relations: Mapping[str, tuple[str, str]]
) -> dict[str, bytes]:
    """The members with relationships of one part to others: id to kind and target."""
    holder = relationships_of(part)
    added = "".join(_relationship(identifier, kind, target) for identifier, (kind, target) in relations.items())
    return {**members, holder: _extended(members.get(holder, _EMPTY.encode()).decode(), added).encode()}


def relationships_in(members: Mapping[str, bytes], part: str) -> dict[str, str]:
    """What the relationships of a part lead to, by id: the names of members, or addresses outside."""
    found = {}
    for relation in _RELATIONSHIP.findall(members.get(relationships_of(part), b"").decode()):
        stated = _attributes(relation)
        target = stated.get("Target", "")
        if stated.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")
        found[stated.get("Id", "")] = target
    return found


def only_relation(kind: str, target: str) -> bytes:
    """A relationships part with one relationship, `rId1`."""
    return _extended(_EMPTY, _relationship("rId1", kind, target)).encode()


def first_free_id(relationships: str) -> int:
    """The first number that no relationship id in this XML uses, nor any higher one."""
    ids = (_attributes(found).get("Id", "") for found in _RELATIONSHIP.findall(relationships))
    return 1 + max((int(found) for name in ids for found in re.findall(r"[0-9]+", name)), default=0)


def first_free_chart(members: Iterable[str]) -> int:
    """The first number that no chart of ours has among these members, nor any higher one."""
    numbers = (found.group(1) for name in members if (found := _CHART.fullmatch(name)))
    return 1 + max(map(int, numbers), default=0)


def chart_parts(number: int) -> tuple[str, str]:
    """The names of a chart of ours and of the workbook behind it."""
    return f"word/charts/boardchart{number}.xml", f"word/embeddings/boardchart{number}.xlsx"


def _extended(relationships: str, added: str) -> str:
    if "</Relationships>" not in relationships:
        relationships = _EMPTY
    return relationships.replace("</Relationships>", f"{added}</Relationships>")


def _relationship(identifier: str, kind: str, target: str, *, external: bool = False) -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="{identifier}" Type="{kind}" Target={quoteattr(target)}{mode}/>'


def _attributes(element: str) -> dict[str, str]:
    return {name: unescape(double or single) for name, double, single in _ATTRIBUTE.findall(element)}
