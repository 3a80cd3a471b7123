"""Whether the entries of a manifest go together: everything that one names, another one is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from app.formats.fields import FieldKind, PaperField, faults_of_condition, listed

if TYPE_CHECKING:  # `manifest` reads with the help of this module
    from app.formats.manifest import Clause, DefaultBlock, FrontField, Labels, Manifest

Place: TypeAlias = tuple[str | int, ...]
"""The steps from the whole manifest to an entry, list places counted from 0."""

Misfit: TypeAlias = tuple[Place, str]
"""Where something does not go together, and why in words."""


def misfits(manifest: Manifest) -> Iterator[Misfit]:
    """Every name that a valid manifest uses and does not have, and every option that its entry cannot use."""
    fields = manifest.every_field
    if manifest.second_marking is not None:
        key = manifest.second_marking.field
        if key not in fields:
            yield ("second_marking", "field"), _no_field(key, fields)
        elif fields[key].kind is not FieldKind.CHOICE:
            yield ("second_marking", "field"), f"“{key}” is no field of the kind choice, whose options are a list"
    for number, row in enumerate(manifest.front_sheet):
        yield from _below(("front_sheet", number), _front_row(row, fields))
    for number, clause in enumerate(manifest.clauses):
        yield from _below(("clauses", number), _clause(clause, fields))
    for number, section in enumerate(manifest.sections):
        place = ("sections", number)
        yield from _below(place, (((("when",), why)) for why in faults_of_condition(section.when, fields)))
        for count, block in enumerate(section.blocks):
            yield from _below((*place, "blocks", count), _block(block, manifest))


def equal_labels(labels: Labels) -> Iterator[Misfit]:
    """Why the patterns would call two versions of one paper the same, with the place of the pattern that comes later.

    The first versions are looked at. A format from before that has such labels goes on: its papers take the next free
    ones.
    """
    seen: dict[str, str] = {}
    for name, label in labels.first_ones():
        if label in seen:
            both = " and ".join(f"labels.{which}" for which in dict.fromkeys((seen[label], name)))
            yield ("labels", name), f"two versions of one paper would be called “{label}” (by {both})"
            return
        seen[label] = name


def _below(place: Place, found: Iterator[Misfit]) -> Iterator[Misfit]:
    return (((*place, *inner), why) for inner, why in found)


def _front_row(row: FrontField, fields: dict[str, PaperField]) -> Iterator[Misfit]:
    yield from ((("when",), why) for why in faults_of_condition(row.when, fields))
    key = row.field_key
    if row.field is not None and key is None:
        yield ("field",), f"the source of this row is “{row.source}”, so it prints no field"
    elif key is not None and key not in fields:
        yield ("field",), _no_field(key, fields)
    elif key is not None and fields[key].kind is FieldKind.TABLE:
        yield ("field",), f"the field “{key}” is a table, which does not fit into the front sheet"


def _clause(clause: Clause, fields: dict[str, PaperField]) -> Iterator[Misfit]:
    yield from ((("when",), why) for why in faults_of_condition(clause.when, fields))
    for key in dict.fromkeys(clause.placeholders):
        if key not in fields:
            yield ("text",), f"{{{key}}} stands for nothing: {_no_field(key, fields)}"
        elif fields[key].kind is FieldKind.TABLE:
            yield ("text",), f"{{{key}}} is a table, which does not fit into a sentence"


def _block(block: DefaultBlock, manifest: Manifest) -> Iterator[Misfit]:
    fields = manifest.every_field
    yield from ((("when",), why) for why in faults_of_condition(block.when, fields))
    if (block.kind == "fields") != bool(block.fields):
        yield ("fields",), "a block of the kind fields names the fields that it prints, and no other block does"
    for key in block.fields:
        if key not in fields:
            yield ("fields",), _no_field(key, fields)
    if (block.kind == "clause") != (block.clause is not None):
        yield ("clause",), "a block of the kind clause names the clause that it prints, and no other block does"
    elif block.clause is not None and manifest.clause(block.clause) is None:
        known = listed(sorted(clause.key for clause in manifest.clauses))
        yield ("clause",), f"the format has no clause “{block.clause}”" + (f"; it has {known}" if known else "")

    if block.kind == "implications" and not manifest.implications:
        yield ("kind",), "the format lists no implications; each is an entry [[implications]]"


def _no_field(key: str, fields: dict[str, PaperField]) -> str:
    return f"the format has no field “{key}”" + (f"; it has {listed(sorted(fields))}" if fields else "")
