"""Turns the text of a delivery board's paper into a facts file: bands are themes, each titled paragraph a workstream.

Only the shape of such a paper is known here; names, sentences and dates all come from the text.
"""

import base64
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.real_papers.numbered_text import Line, in_small_letters, prose, read_lines
from tests.real_papers.paper_facts import key_of

REFERENCE = "collaboration-2017-09"
FORMAT = "delivery-board"
FORCE, OFFICE, BOARD, CHIEF = "force", "office", "delivery-board", "chief"
SUMMARY = "summary"
FRONT = re.compile(r"(?P<label>Date|Title|From): (?P<value>.+)")
TITLED = re.compile(r"\*\*(?P<name>.+?)\.?\*\* (?P<text>.+)")


@dataclass
class Work:
    """One workstream, with its lines; the first is the numbered one."""

    name: str
    lines: list[Line]


@dataclass
class Band:
    """One band: what stands under it before its workstreams, and these."""

    name: str
    introduction: list[Line] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)


@dataclass
class DeliveryPaper:
    """The paper: whose, to whom, front lines by label in lower case, bands, and the summary's lines."""

    force: str
    recipient: str
    front: dict[str, str]
    bands: list[Band]
    summary: list[Line]

    @property
    def held_on(self) -> date:
        """The day of the meeting."""
        return datetime.strptime(self.front["date"], "%d %B %Y").date()  # noqa: DTZ007


def read_delivery_paper(text: str) -> DeliveryPaper:
    """The structure of the paper."""
    lines = read_lines(text)
    headings = [number for number, line in enumerate(lines) if line.is_heading]
    front = {
        found["label"].casefold(): found["value"]
        for line in lines[: headings[1]]
        if (found := FRONT.fullmatch(line.text))
    }
    stretches = [
        (lines[start].plain, lines[start + 1 : end])
        for start, end in zip(headings[1:], [*headings[2:], len(lines)], strict=True)
    ]
    *bands, (_, summary) = stretches
    recipient = lines[headings[0]].plain.removeprefix("Report to ")
    force = next(found[0] for line in lines if (found := re.search(r"[A-Z]\w+ Police\b", line.plain)))
    return DeliveryPaper(force, recipient, front, [_band(name, inside) for name, inside in bands], summary)


def _band(name: str, lines: list[Line]) -> Band:
    """A title opens a workstream; without any title, the band is its own only workstream."""
    band = Band(in_small_letters(name))
    for line in lines:
        titled = TITLED.fullmatch(line.text) if line.number.rstrip(".").isdigit() else None
        if titled:
            band.works.append(Work(titled["name"], [Line(titled["text"], line.number)]))
        elif band.works:
            band.works[-1].lines.append(line)
        else:
            band.introduction.append(line)
    if not band.works:
        band.works.append(Work(band.name, band.introduction))
        band.introduction = []
    return band


def facts_of(paper: DeliveryPaper, *, manifest: str, template: bytes) -> dict[str, Any]:
    """The whole facts file; updates are as at the day of the meeting.

    The longest text is the paper's own wording of an update of which the lead sent the first paragraph only.
    """
    as_at = paper.held_on.isoformat()
    works = [(band, work) for band in paper.bands for work in band.works]
    reworded = max((work for _, work in works), key=lambda work: sum(len(line.text) for line in work.lines))
    return {
        "facts": "1",
        "organisations": [
            {"key": FORCE, "name": paper.force, "short_name": paper.force},
            {"key": OFFICE, "name": "The commissioner's office", "short_name": "The office"},
        ],
        "people": [{"key": CHIEF, "name": paper.front["from"], "organisation": FORCE}],
        "formats": [{"key": FORMAT, "manifest": manifest, "template": base64.b64encode(template).decode("ascii")}],
        "boards": [
            {
                "key": BOARD,
                "name": paper.recipient.partition("'s ")[2],
                "organisation": OFFICE,
                "programme_title": paper.recipient.partition("'s ")[2],
                "programme_year": "none",
                "recipient": paper.recipient,
                "format": FORMAT,
                "meetings": [{"held_on": as_at}],
            }
        ],
        "themes": [_theme(band, position, as_at) for position, band in enumerate(paper.bands)],
        "workstreams": [
            {
                "ref": key_of(work.name),
                "name": work.name,
                "theme": key_of(band.name),
                "position": position,
                "updates": [
                    {
                        "as_at": as_at,
                        "parts": {"progress": prose(work.lines[:1] if work is reworded else work.lines, numbered=True)},
                    }
                ],
            }
            for position, (band, work) in enumerate(works)
        ],
        "papers": [
            {
                "reference": REFERENCE,
                "title": paper.front["title"],
                "organisation": FORCE,
                "format": FORMAT,
                "board": BOARD,
                "meeting": as_at,
                "marking": "OFFICIAL",
                "chief_officer": CHIEF,
                "workstreams": [key_of(work.name) for _, work in works],
                "own_wordings": [
                    {
                        "workstream": key_of(reworded.name),
                        "as_at": as_at,
                        "part": "progress",
                        "text": prose(reworded.lines, numbered=True),
                    }
                ],
                "sections": [
                    {
                        "key": SUMMARY,
                        "blocks": [{"kind": "narrative", "text": prose(paper.summary, numbered=True)}],
                    }
                ],
            }
        ],
    }


def _theme(band: Band, position: int, as_at: str) -> dict[str, Any]:
    said = [{"as_at": as_at, "text": prose(band.introduction, numbered=True)}] if band.introduction else []
    return {
        "key": key_of(band.name),
        "name": band.name,
        "organisation": FORCE,
        "position": position,
        "introductions": said,
    }
