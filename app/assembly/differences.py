"""What has changed between two snapshots, fact by fact under its natural key, in words."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy.orm import Session

from app.assembly.selection import select_for
from app.assembly.snapshot import Snapshot, UpdateFacts, WorkstreamFacts
from app.assembly.wording import in_words
from app.formats import queries as formats
from app.papers import queries as papers
from app.versions.models import Version

PAPER = {
    "title": "Title",
    "marking": "Marking",
    "agenda_number": "Agenda number",
    "series": "Series",
    "chief_officer": "Chief officer",
    "author": "Author",
    "cut_off": "Cut-off",
    "since": "First day of updates",
    "organisation": "Organisation",
}
"""What a paper says of itself, and what that is called; the days of writing and approval are not compared."""

BOARD = {"name": "Board", "meeting_on": "Meeting", "place": "Place of the meeting", "recipient": "Recipient"}


def changes_since(session: Session, version: Version, *, now: datetime) -> list[str]:
    """What the paper of this version would say otherwise now, a sentence for each fact; empty: nothing.

    `version` comes with its paper and template version. What it would say now is selected for that same template.
    """
    before = Snapshot.from_json(version.snapshot)
    paper = papers.to_assemble(session, version.paper.reference)
    after = select_for(session, paper, version.template_version, stage="draft", label=version.label, now=now)
    return differences(before, after) or list(_something_else(before, after))


def is_as_now(session: Session, version: Version) -> bool:
    """Whether the version, loaded with its template version and format, was made with the template that is live."""
    return formats.live(session, version.template_version.format.key).id == version.template_version_id


def _something_else(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """That a fact has changed which is not told by itself."""
    paper = before.paper.model_copy(
        update={"approved_on": after.paper.approved_on, "written_on": after.paper.written_on}
    )
    if before.model_copy(update={"paper": paper}).facts_digest != after.facts_digest:
        yield "Something that the paper names, such as the post of a person, says otherwise now."


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """What the later snapshot says otherwise, in words; a pure function."""
    old = {fact.key: fact for fact in _facts(before)}
    new = {fact.key: fact for fact in _facts(after)}
    return [
        f"{(new.get(key) or old[key]).place}: {_change(_said(old.get(key)), _said(new.get(key)))}"
        for key in dict.fromkeys([*old, *new])
        if _said(old.get(key)) != _said(new.get(key))
    ]


class _Fact(NamedTuple):
    key: tuple[str, ...]
    """Natural key: the same in both snapshots."""
    place: str
    """What a person calls it."""
    said: str | None


def _said(fact: _Fact | None) -> str | None:
    return fact.said if fact else None


def _change(old: str | None, new: str | None) -> str:
    if not old:
        return "is new."
    if not new:
        return "is not there any more."
    if max(len(old), len(new)) <= 80 and not any(mark in old + new for mark in "<{["):
        return f"was “{old}”, is “{new}” now."
    return "was changed."


def _facts(snapshot: Snapshot) -> Iterator[_Fact]:
    """Every fact, each key once."""
    for name, label in PAPER.items():
        yield _Fact(("paper", name), label, _plain(getattr(snapshot.paper, name)))
    for name, label in BOARD.items():
        yield _Fact(("board", name), label, _plain(getattr(snapshot.board, name)))
    fields = snapshot.manifest.every_field
    for key, value in snapshot.paper.fields.items():
        place = fields[key].label if key in fields else key
        yield _Fact(("field", key), place, value if isinstance(value, str) else repr(value))
    headings = {section.key: section.heading for section in snapshot.manifest.sections}
    for section in snapshot.sections:
        place = f"Section “{headings.get(section.key, section.key)}”"
        yield _Fact(("section", section.key), place, _in_full(section))
    for theme in snapshot.themes:
        if said := theme.introduction:
            yield _Fact(("theme", theme.key), f"{theme.name}, introduction", f"<{said.as_at}>{said.text}")
    for workstream in snapshot.workstreams:
        said_of_it = "chosen" if workstream.chosen else "named"
        yield _Fact(("workstream", workstream.ref), workstream.name, said_of_it)
        for update in workstream.updates:
            yield from _update(snapshot, workstream, update)
    names = "; ".join(person.name for person in snapshot.consultees)
    yield _Fact(("consultees",), "Consultees", names)
    if snapshot.previous and snapshot.previous.outcome:
        place = f"Outcome of the meeting of {in_words(snapshot.previous.meeting_on, 'day-month-year')}"
        yield _Fact(("outcome",), place, snapshot.previous.outcome)
    for action in snapshot.actions:
        place = f"Action of {in_words(action.asked_on, 'day-month-year')}"
        yield _Fact(("action", action.paper, str(action.number)), place, _in_full(action))
    for framework in snapshot.frameworks:
        yield _Fact(("framework", framework.key), framework.name, _in_full(framework))
    for scheme in snapshot.schemes:
        yield _Fact(("scheme", scheme.key), scheme.name, _in_full(scheme))


def _update(snapshot: Snapshot, workstream: WorkstreamFacts, update: UpdateFacts) -> Iterator[_Fact]:
    day = in_words(update.as_at, snapshot.manifest.dates)
    name, key = workstream.name, ("update", workstream.ref, update.as_at.isoformat())
    parts = {part.key: part.label for part in snapshot.manifest.parts}
    if update.nothing_to_report:
        yield _Fact((*key, "nil"), f"{name}, nothing to report as at {day}", f"yes {update.subject or ''}".strip())
    if update.still_true:
        yield _Fact((*key, "unchanged"), f"{name}, no change since {day}", "yes")
    for part, text in update.parts.items():
        yield _Fact((*key, "part", part), f"{name}, {parts.get(part, part)} as at {day}", text)
    for part, own in update.own_wordings.items():
        yield _Fact((*key, "own", part), f"{name}, own wording of {parts.get(part, part)} as at {day}", own.text)
    labels = {d.key: d.label for s in snapshot.schemes if s.key == update.scheme for d in s.dimensions}
    words = {v.key: v.label for s in snapshot.schemes if s.key == update.scheme for v in s.values}
    for rating in update.ratings:
        value = words.get(rating.value, rating.value) if rating.value else "not rated"
        place = f"{name}, rating of {labels.get(rating.dimension, rating.dimension)} as at {day}"
        yield _Fact((*key, "rating", rating.dimension), place, value)


def _in_full(facts: BaseModel) -> str:
    """All that they say; in what order the values of a table were written down is no matter, as in a snapshot."""
    return json.dumps(facts.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)


def _plain(value: object) -> str | None:
    name = getattr(value, "name", value)
    return None if name is None else str(name)
