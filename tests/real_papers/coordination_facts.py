"""Turns the text of a coordination board's paper into a facts file: groups are themes, numbered items workstreams.

Only the shape of such a paper is known here; names, sentences, dates and objectives all come from the text.
"""

import base64
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from tests.real_papers.numbered_text import FINISHED, Line, in_small_letters, paragraph, prose, read_lines
from tests.real_papers.paper_facts import key_of

REFERENCE = "transformation-2020-07"
FORMAT = "coordination-board"
FORCE, OFFICE, BOARD, PLAN, CHIEF = "force", "office", "coordination-board", "plan", "chief"
FRONT = re.compile(r"(?P<label>To|From|Date): (?P<value>.+)")
CONTACT = "Contact Officer(s)"
SECTIONS = {"1.": "purpose", "2.": "recommendation", "3.": "background"}
UPDATES, BIBLIOGRAPHY = "updates", "bibliography"


@dataclass
class Work:
    """One piece of work: its lines, the objective above it, and the band within its group that it stands in."""

    name: str
    objective: str
    band: str | None = None
    lines: list[Line] = field(default_factory=list)


@dataclass
class Group:
    """One numbered group: what stands under its heading, and its work."""

    name: str
    introduction: list[Line] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)


@dataclass
class CoordinationPaper:
    """The paper, taken apart."""

    force: str
    strapline: str
    front: dict[str, str]
    title: str
    sections: dict[str, tuple[str, list[Line]]]
    """Number of a section → its heading and its paragraphs."""
    groups: list[Group]
    last_objective: str
    again: str
    bibliography: tuple[str, list[list[str]]]

    @property
    def held_on(self) -> date:
        """The day of the meeting."""
        return datetime.strptime(self.front["date"], "%d %B %Y").date()  # noqa: DTZ007

    @property
    def objectives(self) -> list[str]:
        """The objectives that are served, each once."""
        works = [work for group in self.groups for work in group.works]
        return list(dict.fromkeys([*(work.objective for work in works), self.last_objective]))


def read_coordination_paper(text: str) -> CoordinationPaper:
    """The structure of the paper."""
    lines = read_lines(text)
    first = next(number for number, line in enumerate(lines) if FRONT.fullmatch(line.text))
    body = next(number for number, line in enumerate(lines) if line.number == "1.")
    front = {found["label"].casefold(): found["value"] for line in lines if (found := FRONT.fullmatch(line.text))}
    sections: dict[str, tuple[str, list[Line]]] = {}
    groups: list[Group] = []
    objective, band, again = "", None, ""
    rest = lines[body:]
    for line, after in pairwise([*rest, Line("")]):
        number = line.number
        if number.rstrip(".").isdigit() and number.endswith("."):
            band = None
            if objective and line.plain not in {heading for heading, _ in sections.values()}:
                groups.append(Group(line.plain, works=[]))
                groups[-1].works.append(Work("", objective))
            elif objective:
                again = line.plain
            else:
                sections[number] = (line.plain, [])
        elif again:
            continue
        elif groups and re.fullmatch(r"\d\.\d", number):
            if groups[-1].works[-1].name or not groups[-1].works[-1].lines:
                _drop_nameless(groups[-1])
            else:
                groups[-1].introduction = groups[-1].works.pop().lines
            groups[-1].works.append(Work(line.plain.rstrip("."), objective, band))
        elif _is_objective(line, after):
            objective = line.plain
        elif groups and not number and line.plain.endswith(":") and after.number[:1].isdigit():
            band = line.plain.rstrip(":")
        elif groups:
            groups[-1].works[-1].lines.append(line)
        else:
            sections[list(sections)[-1]][1].append(line)
    for group in groups:
        for work in group.works:
            work.name = work.name or group.name
    tables = [number for number, line in enumerate(lines) if line.cells]
    return CoordinationPaper(
        force=next(found[0] for line in lines if (found := re.search(r"[A-Z]\w+ Constabulary\b", line.plain))),
        strapline=" ".join(line.plain for line in lines[:first]),
        front=front,
        title=lines[body - 1].plain,
        sections=sections,
        groups=groups,
        last_objective=objective,
        again=again,
        bibliography=(lines[tables[0] - 1].plain, [lines[number].cells for number in tables]),
    )


def _drop_nameless(group: Group) -> None:
    group.works = [work for work in group.works if work.name]


def _is_objective(line: Line, after: Line) -> bool:
    """Whether a line is a sentence without an end above a number."""
    return not line.number and not line.plain.endswith(FINISHED) and after.number[:1].isdigit()


def facts_of(paper: CoordinationPaper, *, manifest: str, template: bytes) -> dict[str, Any]:
    """The whole facts file; updates are as at the day of the meeting."""
    as_at = paper.held_on.isoformat()
    contact = dict(paper.bibliography[1])[CONTACT]
    return {
        "facts": "1",
        "organisations": [
            {"key": FORCE, "name": paper.force, "short_name": paper.force},
            {"key": OFFICE, "name": "The commissioner's office", "short_name": "The office"},
        ],
        "people": [
            {"key": CHIEF, "name": paper.front["from"], "organisation": FORCE},
            {"key": "contact", "name": contact, "organisation": FORCE},
        ],
        "frameworks": [
            {
                "key": PLAN,
                "name": "Police and Crime Plan",
                "edition": str(paper.held_on.year),
                "organisation": OFFICE,
                "items": [{"key": key_of(text)[:60], "kind": "objective", "text": text} for text in paper.objectives],
            }
        ],
        "formats": [{"key": FORMAT, "manifest": manifest, "template": base64.b64encode(template).decode("ascii")}],
        "boards": [
            {
                "key": BOARD,
                "name": paper.front["to"],
                "organisation": OFFICE,
                "programme_title": paper.front["to"],
                "programme_year": "none",
                "recipient": paper.front["to"],
                "format": FORMAT,
                "meetings": [{"held_on": as_at}],
            }
        ],
        "themes": [theme for position, group in enumerate(paper.groups) for theme in _themes(group, position, as_at)],
        "workstreams": [
            {
                "ref": key_of(work.name),
                "name": work.name,
                "theme": key_of(work.band or group.name),
                "position": position,
                "serves": [_item(work.objective)],
                "updates": [{"as_at": as_at, "parts": {"progress": prose(work.lines, numbered=False)}}],
            }
            for group in paper.groups
            for position, work in enumerate(group.works)
        ],
        "papers": [
            {
                "reference": REFERENCE,
                "title": in_small_letters(paper.title),
                "organisation": FORCE,
                "format": FORMAT,
                "board": BOARD,
                "meeting": as_at,
                "marking": "OFFICIAL",
                "chief_officer": CHIEF,
                "author": "contact",
                "workstreams": [key_of(work.name) for group in paper.groups for work in group.works],
                "sections": list(_sections(paper)),
            }
        ],
    }


def _item(objective: str) -> str:
    return f"{PLAN}/{key_of(objective)[:60]}"


def _themes(group: Group, position: int, as_at: str) -> list[dict[str, Any]]:
    said = [{"as_at": as_at, "text": prose(group.introduction, numbered=False)}] if group.introduction else []
    key = key_of(group.name)
    bands = dict.fromkeys(work.band for work in group.works if work.band)
    return [
        {"key": key, "name": group.name, "organisation": FORCE, "position": position, "introductions": said},
        *(
            {"key": key_of(band), "name": band, "organisation": FORCE, "position": place, "parent": key}
            for place, band in enumerate(bands)
        ),
    ]


def _sections(paper: CoordinationPaper) -> list[dict[str, Any]]:
    rows = "".join(
        f'<tr><th scope="row">{paragraph(label)}</th><td>{paragraph(value)}</td></tr>'
        for label, value in paper.bibliography[1]
    )
    table = {"format": "html", "value": f"<table><tbody>{rows}</tbody></table>"}
    said = [
        {"key": SECTIONS[number], "blocks": [{"kind": "narrative", "text": prose(lines, numbered=True)}]}
        for number, (_, lines) in paper.sections.items()
    ]
    # The paper says the objective once more above its last section.
    updates = [{"kind": "workstreams"}, {"kind": "objective", "item": _item(paper.last_objective)}]
    return [
        *said,
        {"key": UPDATES, "blocks": updates},
        {"key": BIBLIOGRAPHY, "blocks": [{"kind": "table", "text": table}]},
    ]
