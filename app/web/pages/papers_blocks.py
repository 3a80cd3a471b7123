"""The blocks of a section as fields of a form: what of each kind was typed, in the shape in which papers hold it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.formats.manifest import Manifest
from app.web.pages.forms import Form
from app.web.pages.narrative import FORMAT
from app.web.pages.papers_parts import Choice

Block = Mapping[str, Any]
"""A block as JSON, in the shapes of `papers.blocks`; its prose as `{"format": …, "value": …}`."""

NAMES = {
    "narrative": "Text",
    "outline": "Outline of workstreams",
    "workstreams": "Updates of workstreams",
    "rating-key": "Key to the ratings",
    "framework-items": "Items of a plan",
    "objective": "Item of a plan, set apart",
    "people": "Consultees",
    "table": "Table",
    "again": "Another section’s text again",
    "nil": "Nothing to say",
    "fields": "Fields of the front sheet",
    "clause": "Fixed wording",
    "recommendations": "Recommendations",
    "implications": "Implications",
    "routing": "Meetings that the paper goes to",
    "appendices": "Appendices",
    "documents": "Background documents",
    "actions": "Open actions of earlier meetings",
}
"""What people call each kind."""

ADDED = ("narrative", "table", "outline", "workstreams", "rating-key", "framework-items", "people", "nil", "recommendations", "routing", "appendices", "documents")  # fmt: skip  # noqa: E501
"""Kinds that can be added with nothing said yet."""

ROWS = {
    "recommendations": ("items", ("text",)),
    "routing": ("steps", ("meeting", "held_on", "purpose")),
    "appendices": ("appendices", ("title", "text")),
    "documents": ("documents", ("title", "where", "dated")),
}
"""Kinds that hold rows: the name of their list, and of what each row says."""

MOST_ROWS = 500
"""Rows of one list that a form shows."""

DEEPEST = 3
"""Levels of recommendations."""


@dataclass
class Sent:
    """The blocks that were sent, and how a fault's place is called on the form where that is not its own name."""

    blocks: list[dict[str, Any]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)


def sent(form: Form, manifest: Manifest) -> Sent:
    """The blocks of the form, in the order in which they stand there; rows in which nothing was typed are left out."""
    found = Sent()
    for number in _numbers(form):
        found.blocks.append(_block(form, f"blocks.{number}", len(found.blocks), manifest, found.names))
    return found


def _numbers(form: Form) -> list[int]:
    kinds = (re.fullmatch(r"blocks\.([0-9]{1,4})\.kind", name) for name in form.typed)
    return sorted(int(kind[1]) for kind in kinds if kind)


def _block(form: Form, name: str, place: int, manifest: Manifest, names: dict[str, str]) -> dict[str, Any]:
    kind = form.value(f"{name}.kind")
    block: dict[str, Any] = {"kind": kind, "public": bool(form.value(f"{name}.public"))}
    match kind:
        case "narrative" | "table":
            block["text"] = prose_sent(form, f"{name}.text")
        case "outline":
            block |= {"scope": form.value(f"{name}.scope", "chosen"), "style": form.value(f"{name}.style", "numbered")}
            block["themes"] = list(form.typed.get(f"{name}.themes", ()))
        case "workstreams":
            for flag in ("ratings", "introductions", "theme_headings"):
                block[flag] = bool(form.value(f"{name}.{flag}"))
            parts = list(form.typed.get(f"{name}.parts", ()))
            block["parts"] = [] if parts == [part.key for part in manifest.parts] else parts
            block["themes"] = list(form.typed.get(f"{name}.themes", ()))
        case "rating-key":
            block["schemes"] = list(form.typed.get(f"{name}.schemes", ()))
        case "framework-items":
            block |= {"scope": form.value(f"{name}.scope", "served"), **_given(form, name, "framework")}
        case "objective" | "again" | "clause":
            block |= _given(form, name, {"objective": "item", "again": "section", "clause": "clause"}[kind])
        case "nil":
            block |= _given(form, name, "subject", "as_at", "wording")
        case "fields":
            block["fields"] = list(form.typed.get(f"{name}.fields", ()))
        case "implications":
            block["entries"] = dict(_implications(form, name, manifest))
        case "recommendations":
            block["text"] = prose_sent(form, f"{name}.text")
            block["items"] = _recommendations(form, name, place, names)
        case "routing" | "appendices" | "documents":
            block[ROWS[kind][0]] = _rows(form, name, place, kind, names)
    return block


def prose_sent(form: Form, name: str) -> dict[str, str]:
    """The prose of a field, as it was written."""
    return {"format": form.value(f"{name}{FORMAT}", "markdown"), "value": form.value(name)}


def _given(form: Form, name: str, *members: str) -> dict[str, str]:
    said = {member: form.value(f"{name}.{member}").strip() for member in members}
    return {member: value for member, value in said.items() if value}


def _implications(form: Form, name: str, manifest: Manifest) -> Iterator[tuple[str, dict[str, Any]]]:
    for implication in manifest.implications:
        place = f"{name}.entries.{implication.key}"
        text, more = prose_sent(form, f"{place}.text"), _given(form, place, "cleared_by", "cleared_on")
        if text["value"].strip() or more:
            yield implication.key, {"text": text, **more}


def _rows(form: Form, name: str, place: int, kind: str, names: dict[str, str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    list_, members = ROWS[kind]
    for number in row_numbers(form, f"{name}.{list_}", members[0]):
        row = f"{name}.{list_}.{number}"
        said: dict[str, Any] = _given(form, row, *members)
        if said:
            names[f"blocks.{place}.{list_}.{len(rows)}"] = row
            if "text" in members:
                said["text"] = prose_sent(form, f"{row}.text")
            rows.append(said)
    return rows


def _recommendations(form: Form, name: str, place: int, names: dict[str, str]) -> list[dict[str, Any]]:
    """The rows as a tree: each row stands under the nearest above it that is of a higher level."""
    items: list[dict[str, Any]] = []
    above: list[tuple[list[dict[str, Any]], str]] = [(items, f"blocks.{place}.items")]
    for number in row_numbers(form, f"{name}.items", "text"):
        row = f"{name}.items.{number}"
        text = prose_sent(form, f"{row}.text")
        if not text["value"].strip():
            continue
        level = min(_level(form.value(f"{row}.level")), len(above))
        del above[level:]
        siblings, where = above[-1]
        names[f"{where}.{len(siblings)}"] = row
        item: dict[str, Any] = {"text": text, "items": []}
        above.append((item["items"], f"{where}.{len(siblings)}.items"))
        siblings.append(item)
    return items


def _level(said: str) -> int:
    return int(said) if said in {"1", "2", "3"} else 1


def row_numbers(form: Form, name: str, member: str) -> list[int]:
    """The numbers of the rows of a list that the form has, by one of their fields, in order."""
    pattern = re.compile(rf"{re.escape(name)}\.([0-9]{{1,4}})\.{member}")
    return sorted(int(found[1]) for sent in form.typed if (found := pattern.fullmatch(sent)))


def rows_shown(form: Form, name: str, said: int, spare: int) -> int:
    """How many rows of a list the form shows: the `said` ones and `spare` empty ones, and every one that was typed."""
    pattern = re.compile(rf"{re.escape(name)}\.([0-9]{{1,4}})\..+")
    typed = [int(found[1]) + 1 for sent in form.typed if (found := pattern.fullmatch(sent)) and form.value(sent)]
    return max(said + spare, min(max(typed, default=0), MOST_ROWS))


def flattened(items: Sequence[Mapping[str, Any]], level: int = 1) -> list[dict[str, Any]]:
    """Recommendations as rows, each with its level."""
    rows: list[dict[str, Any]] = []
    for item in items:
        rows += [{"text": item["text"], "level": level}, *flattened(item.get("items") or (), level + 1)]
    return rows


def kinds_to_add(manifest: Manifest, section: str) -> list[Choice]:
    """What can be added to a section of the format."""
    found = [Choice(kind, NAMES[kind]) for kind in ADDED]
    if manifest.implications:
        found.append(Choice("implications", NAMES["implications"]))
    found += [Choice(f"clause:{clause.key}", f"Fixed wording: {clause.key}") for clause in manifest.clauses]
    others = (other for other in manifest.sections if other.key != section)
    return found + [Choice(f"again:{other.key}", f"Again: {other.heading}") for other in others]


def new_block(kind: str) -> dict[str, Any]:
    """A block of the kind, as `kinds_to_add` names it, with nothing said yet."""
    kind, _, what = kind.partition(":")
    block: dict[str, Any] = {"kind": kind}
    if kind in ("narrative", "table"):
        block["text"] = {"format": "html", "value": ""}
    if what:
        block["section" if kind == "again" else "clause"] = what
    return block
