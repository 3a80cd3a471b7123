"""A template made ready: read, checked and known by its digest, before any paper is printed with it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from lxml import etree

from app.errors import Fault
from app.word.container import DOCUMENT, read_members, write_members
from app.word.engine import inspected
from app.word.layout import Layout, layout_in
from app.word.namespaces import w
from app.word.numbering import NumberingPart, numbering_in
from app.word.parts import (
    CORE,
    CUSTOM,
    NUMBERING,
    STYLES,
    first_free_id,
    with_part,
    without_leftovers,
)
from app.word.refusals import BrokenTemplate, TemplateNotAllowed, UnknownName, UnreadableTemplate

Vocabulary: TypeAlias = "Mapping[str, Vocabulary | None]"
"""A tree of the names that a template may use; None where a name has no names below it."""

RESERVED = "document"
"""The key of the context that holds the document's properties; every template may use it."""


@dataclass(frozen=True, slots=True)
class CompiledTemplate:
    """A template that may be rendered any number of times.

    `template` is the template's bytes made ready, `digest` the SHA-256 of the bytes that were given.
    """

    template: bytes
    digest: str
    layout: Layout
    numbering: NumberingPart
    first_relationship: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TagFaults:
    """Everything that is wrong with the tags of a template, by kind."""

    broken: tuple[Fault, ...]
    refused: tuple[Fault, ...]
    unknown: tuple[Fault, ...]


def compile_template(template: bytes, vocabulary: Vocabulary) -> CompiledTemplate:
    """The template ready for rendering.

    Raises `UnreadableTemplate`, `BrokenTemplate`, `TemplateNotAllowed` or `UnknownName`, with every fault and
    its place.
    """
    members = prepared_members(template)
    ready = write_members(members)
    faults = tag_faults(ready, vocabulary)
    if faults.broken:
        raise BrokenTemplate(faults.broken)
    if faults.refused:
        raise TemplateNotAllowed(faults.refused)
    if faults.unknown:
        raise UnknownName(faults.unknown)
    return CompiledTemplate(
        template=ready,
        digest=hashlib.sha256(template).hexdigest(),
        layout=layout_in(members[DOCUMENT], members.get(STYLES)),
        numbering=numbering_in(members[NUMBERING]),
        first_relationship=_first_relationships(members),
    )


def prepared_members(template: bytes) -> dict[str, bytes]:
    """The template's parts, without leftovers, with room for numbering and properties.

    Raises `UnreadableTemplate`, also when a part is no XML.
    """
    members = without_leftovers(read_members(template))
    members = with_part(members, CORE, _EMPTY_CORE)
    members = with_part(members, CUSTOM, _EMPTY_CUSTOM)
    if NUMBERING not in members:
        members = with_part(members, NUMBERING, numbering_in(None).extended(()))
    _require_xml(members)
    return members


def _require_xml(members: Mapping[str, bytes]) -> None:
    for part, content in members.items():
        if part.endswith((".xml", ".rels")):
            try:
                root = etree.fromstring(content)
            except etree.XMLSyntaxError as error:
                raise UnreadableTemplate(f"its part {part} is damaged.") from error
            if any(table.find(w("tblGrid")) is None for table in root.iter(w("tbl"))):
                raise UnreadableTemplate(f"a table in its part {part} has no columns.")


def tag_faults(ready: bytes, vocabulary: Vocabulary) -> TagFaults:
    """What is wrong with the tags of a template that was made ready."""
    known = {*vocabulary, RESERVED}
    parts = inspected(ready)
    return TagFaults(
        broken=tuple(fault for found in parts.values() for fault in found.broken),
        refused=tuple(fault for found in parts.values() for fault in found.refused),
        unknown=tuple(
            Fault(place, f"There is no “{name}” in a paper.")
            for found in parts.values()
            for name, place in found.names.items()
            if name not in known
        ),
    )


def _first_relationships(members: Mapping[str, bytes]) -> dict[str, int]:
    holders = [name for name in members if name.startswith("word/_rels/") and name.endswith(".rels")]
    return {
        "word/" + holder.removeprefix("word/_rels/").removesuffix(".rels"): first_free_id(members[holder].decode())
        for holder in holders
    }


# What the template says of itself is not what the paper says of itself; it is written with the paper.
_EMPTY_CORE = b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
_EMPTY_CUSTOM = b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
