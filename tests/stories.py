"""A small world to tell stories in: one force, one board, a theme with two workstreams, one paper."""

from base64 import b64encode
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document

from app import word
from app.accounts.commands import command_line
from app.assembly.assemble import Generated, assemble
from app.blobs import Blobs
from app.db import Database
from app.facts.load import Loaded, load
from app.facts.parse import parse_facts

ROOT = Path(__file__).parent.parent
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MARCH, FEBRUARY, JANUARY = "2027-03-11", "2027-02-15", "2027-01-15"
PAPER = "COL-2027-03"

WORLD: dict[str, Any] = {
    "facts": "1",
    "organisations": [
        {"key": "force", "name": "Northmoor Constabulary", "short_name": "Northmoor"},
        {"key": "office", "name": "Office of the Commissioner", "short_name": "OPCC"},
    ],
    "people": [
        {"key": "dcc", "name": "Deputy Chief Constable", "organisation": "force", "posts": [{"title": "Deputy Chief"}]},
        {"key": "head", "name": "Head of Change", "organisation": "force"},
    ],
    "frameworks": [
        {
            "key": "plan",
            "name": "Police and Crime Plan",
            "edition": "2025",
            "organisation": "office",
            "items": [
                {"key": "safer", "number": "1", "text": "Safer streets"},
                {"key": "victims", "number": "2", "text": "Victims first"},
            ],
        }
    ],
    "rag_schemes": [
        {
            "key": "programme",
            "name": "Programme ratings",
            "values": [
                {"key": "red", "label": "Red", "meaning": "In trouble", "background": "C62828", "colour": "FFFFFF"},
                {"key": "green", "label": "Green", "meaning": "On track", "background": "2E7D32", "colour": "FFFFFF"},
            ],
            "dimensions": [
                {"key": "overall", "label": "Overall", "meaning": "All in all"},
                {"key": "time", "label": "Time", "meaning": "Against the plan"},
                {"key": "cost", "label": "Cost"},
            ],
        }
    ],
    "boards": [
        {
            "key": "scrutiny-board",
            "name": "Scrutiny Board",
            "organisation": "office",
            "programme_title": "Scrutiny Programme",
            "recipient": "the Office of the Commissioner",
            "meetings": [{"held_on": "2026-12-10"}, {"held_on": MARCH}, {"held_on": "2027-06-10"}],
        }
    ],
    "series": [{"key": "collaboration", "name": "Collaboration", "board": "scrutiny-board"}],
    "themes": [
        {
            "key": "region",
            "name": "Regional work",
            "organisation": "force",
            "rag_scheme": "programme",
            "rating_source": "from the programme pack",
        }
    ],
    "workstreams": [
        {
            "ref": "procurement",
            "name": "Procurement",
            "theme": "region",
            "position": 1,
            "serves": ["plan/victims"],
            "updates": [
                {"as_at": JANUARY, "parts": {"progress": "The team went live."}, "ratings": {"overall": "green"}}
            ],
        },
        {"ref": "forensics", "name": "Forensics", "theme": "region", "position": 2},
    ],
    "papers": [
        {
            "reference": PAPER,
            "title": "Collaboration update",
            "organisation": "force",
            "format": "scrutiny",
            "board": "scrutiny-board",
            "meeting": MARCH,
            "series": "collaboration",
            "agenda_number": "5.0",
            "marking": "OFFICIAL",
            "chief_officer": "dcc",
            "author": "head",
            "workstreams": ["procurement"],
            "sections": [
                {"key": "purpose", "blocks": [{"kind": "narrative", "text": "This paper gives an update."}]},
            ],
        }
    ],
}
"""The facts of the small world; the scrutiny format is loaded beside them."""


def world(**changes: Any) -> dict[str, Any]:
    """A copy of the small world in which these top-level lists are replaced."""
    return deepcopy(WORLD) | changes


def paper(**changes: Any) -> dict[str, Any]:
    """A copy of the world's paper with these changes."""
    return deepcopy(WORLD["papers"][0]) | changes


def workstream(ref: str = "procurement", **changes: Any) -> dict[str, Any]:
    """A copy of a workstream of the world with these changes."""
    return deepcopy(next(w for w in WORLD["workstreams"] if w["ref"] == ref)) | changes


def update(as_at: str, text: str | None = None, **changes: Any) -> dict[str, Any]:
    """What a workstream reports as at a day: progress in these words."""
    return {"as_at": as_at, "parts": {"progress": text} if text else {}} | changes


@cache
def scrutiny() -> dict[str, str]:
    """The scrutiny format as a facts file carries it."""
    folder = ROOT / "templates" / "scrutiny"
    return {
        "key": "scrutiny",
        "manifest": (folder / "format.toml").read_text(encoding="utf-8"),
        "template": b64encode((folder / "template.docx").read_bytes()).decode(),
    }


def put(database: Database, blobs: Blobs, facts: Mapping[str, Any], *, now: datetime = NOON) -> Loaded:
    """These facts are in the database, and the scrutiny format with them."""
    document = {"formats": [scrutiny()]} | dict(facts) | {"facts": "1"}
    with database.writing() as session:
        return load(session, blobs, parse_facts(document), by=command_line(session, now).key, now=now)


def generate(database: Database, blobs: Blobs, reference: str = PAPER, *, now: datetime = NOON) -> Generated:
    """The paper was generated."""
    with database.writing() as session:
        generated = assemble(session, blobs, reference, by=command_line(session, now), now=now)
        session.expunge_all()
        return generated


def lines_of(blobs: Blobs, generated: Generated) -> list[str]:
    """What the kept document says, paragraph by paragraph, as a reader meets it."""
    return word.text_of(blobs.get(generated.version.file_digest))


def on_every_page(document: bytes) -> set[str]:
    """What stands above and below the text, as a reader meets it."""
    sections = Document(BytesIO(document)).sections
    return {p.text for section in sections for part in (section.header, section.footer) for p in part.paragraphs}
