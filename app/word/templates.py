"""A template made ready: read, checked and known by its digest, before any paper is printed with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from lxml import etree

from app.errors import Fault
from app.word.container import CONTENT_TYPES, DOCUMENT, Packed, packed
from app.word.contents import has_contents
from app.word.engine import PartFindings, Program, compiled, inspected, inspected_text
from app.word.guard import guarded, tree_of
from app.word.layout import Layout, layout_in
from app.word.marks import Free, free_in, without_table
from app.word.names import NO_LOOP, Vocabulary, known_part
from app.word.namespaces import R, w
from app.word.numbering import NumberingPart, numbering_in
from app.word.parts import (
    CORE,
    CUSTOM,
    NUMBERING,
    SETTINGS,
    STYLES,
    first_free_id,
    parts_of_kinds,
    relationships_in,
    with_part,
    without_leftovers,
)
from app.word.properties import DocumentProperties, texts_in
from app.word.reading import is_on
from app.word.refusals import BrokenTemplate, TemplateNotAllowed, UnknownName, UnreadableTemplate
from app.word.shelf import Shelf, TemplatesHeld, known_as
from app.word.tags import TAG, has_tags

RESERVED = "document"
"""The key of the context that holds the document's properties; every template may use it."""

FILLED_KINDS = ("document.main", "header", "footer", "footnotes", "endnotes", "comments")
"""The kinds of parts that are filled, as content types name them."""

_PROPERTY = ", "


@dataclass(frozen=True, slots=True)
class CompiledTemplate:
    """A template that may be rendered any number of times, by any number of threads at once.

    `digest` is the SHA-256 of the bytes that were given, `kept` the members that go into documents as they are,
    `programs` the parts that are filled, in that order, `properties` the document properties that the template words
    itself, by name; `drawn` are members with drawings, whose ids are counted anew, `draws` the names of filled parts
    with drawings of their own, `joints` the content types and the relationships, which say what parts there are and
    how they belong together, `free` the numbers that are free for bookmarks, custom XML items and charts.
    `lists_contents` says that the document may hold a contents list; `unseen` are parts that no reader of a paper sees.
    """

    digest: str
    layout: Layout
    numbering: NumberingPart
    first_relationship: Mapping[str, int]
    kept: Mapping[str, Packed]
    programs: tuple[Program, ...]
    properties: Mapping[str, Program]
    drawn: Mapping[str, bytes]
    draws: frozenset[str]
    joints: Mapping[str, bytes]
    free: Free
    lists_contents: bool
    unseen: frozenset[str]


@dataclass(frozen=True, slots=True)
class TagFaults:
    """Everything that is wrong with the tags of a template, by kind."""

    broken: tuple[Fault, ...]
    refused: tuple[Fault, ...]
    unknown: tuple[Fault, ...]


_SHELF: Shelf[CompiledTemplate] = Shelf(32)


def templates_held() -> TemplatesHeld:
    """What `compile_template` holds in this process now, and what it did since the start."""
    return _SHELF.counts()


def compile_template(template: bytes, vocabulary: Vocabulary) -> CompiledTemplate:
    """The template ready for rendering; the same one again for the same bytes and vocabulary, while it is kept.

    Raises `UnreadableTemplate`, `BrokenTemplate`, `TemplateNotAllowed` or `UnknownName`, with every fault and
    its place.
    """
    key = known_as(template, vocabulary)
    found = _SHELF.find(key)
    if found is None:
        found = _compiled(template, key[0], vocabulary)
        _SHELF.put(key, found)
    return found


def _compiled(template: bytes, digest: str, vocabulary: Vocabulary) -> CompiledTemplate:
    opened = opened_template(template)
    members = opened.members
    parts = tagged_parts(opened)
    faults = tag_faults(parts, vocabulary)
    if faults.broken:
        raise BrokenTemplate(faults.broken)
    if faults.refused:
        raise TemplateNotAllowed(faults.refused)
    if faults.unknown:
        raise UnknownName(faults.unknown)
    programs = tuple(compiled(found) for found in parts if _PROPERTY not in found.part)
    filled = {program.part for program in programs}
    return CompiledTemplate(
        digest=digest,
        layout=layout_in(opened.trees[DOCUMENT], opened.trees.get(STYLES)),
        numbering=numbering_in(members[NUMBERING]),
        first_relationship=_first_relationships(members),
        kept={
            name: opened.packed.get(name) or packed(content)
            for name, content in members.items()
            if name not in filled | {CORE, CUSTOM}
        },
        programs=programs,
        properties={
            found.part.partition(_PROPERTY)[2]: compiled(found, is_xml=False)
            for found in parts
            if _PROPERTY in found.part
        },
        drawn={
            name: content
            for name, content in members.items()
            if name not in filled and name.startswith("word/") and name.endswith(".xml") and b"<wp:docPr" in content
        },
        draws=frozenset(name for name in filled if b"<wp:docPr" in members[name]),
        joints={name: content for name, content in members.items() if name == CONTENT_TYPES or name.endswith(".rels")},
        free=free_in(members),
        lists_contents=has_contents(members[DOCUMENT]),
        unseen=_unseen(opened),
    )


def _unseen(opened: "OpenedTemplate") -> frozenset[str]:
    """The parts that are not printed: comments, notes that nothing refers to, headers and footers that no page has."""
    types = opened.members[CONTENT_TYPES]
    targets = relationships_in(opened.members, DOCUMENT)
    settings = opened.trees.get(SETTINGS)
    has_even = settings is not None and is_on(settings.find(w("evenAndOddHeaders")))
    held: dict[tuple[str, str], str] = {}
    shown: set[str] = set()
    body = opened.trees[DOCUMENT]
    for section in body.iter(w("sectPr")):
        for reference in section.iterchildren(w("headerReference"), w("footerReference")):
            variant = reference.get(w("type"), "default")
            held[str(reference.tag), variant] = targets.get(reference.get(f"{{{R}}}id", ""), "")
        has_first = is_on(section.find(w("titlePg")))
        variants = {"default", *(["first"] if has_first else []), *(["even"] if has_even else [])}
        shown |= {part for (_, variant), part in held.items() if variant in variants}
    notes = [kind for kind in ("footnote", "endnote") if next(body.iter(w(f"{kind}Reference")), None) is None]
    unread = parts_of_kinds(types, ["comments", *(f"{kind}s" for kind in notes)])
    return frozenset({*unread, *{*parts_of_kinds(types, ["header", "footer"])} - shown})


class OpenedTemplate(NamedTuple):
    """The parts of a template: without leftovers, with room for numbering and properties.

    `trees` holds every part that is XML, `packed` the compressed bytes of those that are as they were in the file,
    `core` the properties as the template had them.
    """

    members: Mapping[str, bytes]
    trees: Mapping[str, etree._Element]
    packed: Mapping[str, Packed]
    core: etree._Element | None


def opened_template(template: bytes) -> OpenedTemplate:
    """The template's parts. Raises `UnreadableTemplate`, also when a part is no XML or may do harm."""
    read, trees = guarded(template)
    given = {name: member.content for name, member in read.items()}
    members = without_table(without_leftovers(given))
    core = trees[CORE] if CORE in given else None
    members = with_part(members, CORE, _EMPTY_CORE)
    members = with_part(members, CUSTOM, _EMPTY_CUSTOM)
    if NUMBERING not in members:
        members = with_part(members, NUMBERING, numbering_in(None).extended(()))
    return OpenedTemplate(
        members=members,
        trees={
            name: _with_columns(name, trees[name] if content is given.get(name) else tree_of(name, content))
            for name, content in members.items()
            if name.endswith((".xml", ".rels"))
        },
        packed={
            name: member.packed
            for name, member in read.items()
            if member.packed and members.get(name) is member.content
        },
        core=core,
    )


def _with_columns(part: str, root: etree._Element) -> etree._Element:
    """The part, whose tables all have columns; raises `UnreadableTemplate` where one has none."""
    if any(table.find(w("tblGrid")) is None for table in root.iter(w("tbl"))):
        raise UnreadableTemplate(f"a table in its part {part} has no columns.")
    return root


def tagged_parts(opened: OpenedTemplate) -> list[PartFindings]:
    """What is to be said of every part that is filled: the body first, and document properties with tags last.

    A property is called by its part and its name, such as `docProps/core.xml, title`.
    """
    members = opened.members
    names = sorted(parts_of_kinds(members[CONTENT_TYPES], FILLED_KINDS), key=lambda name: (name != DOCUMENT, name))
    found = [
        inspected(name, opened.trees[name])
        for name in names
        if name in opened.trees and (name == DOCUMENT or has_tags(members[name]))
    ]
    texts = texts_in(opened.core) if opened.core is not None else {}
    return found + [
        inspected_text(f"{CORE}{_PROPERTY}{name}", words) for name, words in texts.items() if TAG.search(words)
    ]


def tag_faults(parts: Iterable[PartFindings], vocabulary: Vocabulary) -> TagFaults:
    """What is wrong with the tags of these parts."""
    known = with_reserved(vocabulary)
    return TagFaults(
        broken=tuple(fault for found in parts for fault in found.broken),
        refused=tuple(fault for found in parts for fault in found.refused),
        unknown=tuple(fault for found in parts for fault in _unknown(found, known)),
    )


def with_reserved(vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary with the document's properties, which every context has."""
    return {RESERVED: dict.fromkeys(DocumentProperties.__dataclass_fields__), **vocabulary}


def _unknown(found: PartFindings, known: Vocabulary) -> Iterator[Fault]:
    """A fault for each name that no paper has, where it is used first, with the name that may be meant."""
    named = set()
    for path, lineno in found.uses:
        depth, there = known_part(path, known)
        wrong = path[: depth + 1]
        if depth < len(path) and wrong not in named:
            named.add(wrong)
            owner = f"“{'.'.join(path[:depth])}”" if depth else "a paper"
            near = get_close_matches(path[depth], there, n=1)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            what = NO_LOOP if wrong == ("loop",) else f"There is no “{path[depth]}” in {owner}.{hint}"
            yield Fault(found.place(lineno), what)


def _first_relationships(members: Mapping[str, bytes]) -> dict[str, int]:
    holders = [name for name in members if name.startswith("word/_rels/") and name.endswith(".rels")]
    return {
        "word/" + holder.removeprefix("word/_rels/").removesuffix(".rels"): first_free_id(members[holder].decode())
        for holder in holders
    }


# What the template says of itself is not what the paper says of itself; it is written with the paper.
_EMPTY_CORE = b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
_EMPTY_CUSTOM = b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
