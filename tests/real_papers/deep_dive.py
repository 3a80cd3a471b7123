"""Turns a deep dive's text into a facts file in which every strand is a workstream that says two things.

Only the shape of such a paper is known here: which of its numbered sections walk the strands, and what is a heading,
a lead-in or a table in such a text. Names, sentences, dates and figures all come from the text.
"""

import base64
import re
import tomllib
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from typing import Any

from tests.real_papers.edition import as_toml
from tests.real_papers.paper_facts import (
    BOARD,
    FORCE,
    RECIPIENT,
    SERIES,
    day,
    inline,
    iso_day,
    key_of,
    narrative,
    prose,
)
from tests.real_papers.paper_text import PaperText, Piece, read_paper, unmarked
from tests.real_papers.published import without_lettering

REFERENCE, PREVIOUS = "deep-dive-2020-12", "deep-dive-2019"
FORMAT, THEME, FRAMEWORK = "deep-dive-2020", "priority", "plan"

SECTIONS = {
    "1.0": "purpose",
    "2.0": "executive-summary",
    "3.0": "deep-dive",
    "4.0": "performance",
    "5.0": "future-work",
    "6.0": "risks",
    "7.0": "equality",
    "8.0": "health-and-safety",
}
"""Printed number → section of the format."""

PARTS = {"3": "progress", "5": "next-steps"}
"""Number of a section that walks the strands → the part that it prints."""

PRIORITY = re.compile(r"Deep Dive into (?P<framework>.+?) Priority: (?P<name>.+?)\.?")
EARLIER = re.compile(r"\((\d{1,2} \w+ \d{4})\)")
MOST_WORDS = 9


def read_deep_dive(text: str) -> PaperText:
    """The structure of a deep dive's text; what was printed inside pictures is left out."""
    return read_paper(without_lettering(text.replace("\f", "\n")))


def edition(manifest: str, paper: PaperText) -> str:
    """The shipped `format.toml` with the order of this paper's front sheet; authors and approval are typed in."""
    said = tomllib.loads(manifest)
    rows = {row["label"].casefold(): row for row in said["front_sheet"]}
    said |= {"key": FORMAT, "dates": "ordinal", "front_sheet": [rows[label] for label in paper.front_sheet]}
    for row in said["front_sheet"]:
        if row["source"] in {"author", "approved-on"}:
            row["source"] = "field"
    return as_toml(said)


# Narrative


def is_heading(piece: Piece) -> bool:
    """Whether a piece is a few words that neither end a sentence nor lead to a list."""
    plain = piece.plain
    return not piece.marker and not piece.cells and len(plain.split()) <= MOST_WORDS and not plain.endswith((".", ":"))


def story(pieces: list[Piece]) -> dict[str, str]:
    """Prose, lists, sub-headings and tables; a heading right above a table is its caption."""
    html: list[str] = []
    for is_table, found in groupby(pieces, lambda piece: bool(piece.cells)):
        group = list(found)
        if is_table:
            caption = ""
            if html and html[-1].startswith("<h3>"):
                caption = html.pop().replace("h3>", "caption>")
            html += tables(group, caption)
        else:
            html += filter(None, _blocks(group))
    return prose("".join(html))


def _blocks(pieces: list[Piece]) -> Iterator[str]:
    waiting: list[Piece] = []
    for piece in pieces:
        if is_heading(piece):
            yield narrative(waiting)["value"]
            yield f"<h3>{inline(piece.text)}</h3>"
            waiting = []
        else:
            waiting.append(piece)
    yield narrative(waiting)["value"]


def tables(rows: Iterable[Piece], caption: str) -> Iterator[str]:
    """A table begins with a row of one cell, which spans it, or else where the first row stands."""
    begun: list[list[tuple[str, ...]]] = []
    for row in rows:
        if not begun or len(row.cells) == 1:
            begun.append([])
        begun[-1].append(row.cells)
    for number, table in enumerate(begun):
        yield _table(table, caption if not number else "")


def _table(rows: list[tuple[str, ...]], caption: str) -> str:
    columns = max(map(len, rows))
    heads = 2 if len(rows[0]) == 1 else 1
    head = "".join(f"<tr>{''.join(_head(cell, row, columns) for cell in row)}</tr>" for row in rows[:heads])
    body = "".join(f"<tr>{''.join(_cell(cell, place) for place, cell in enumerate(row))}</tr>" for row in rows[heads:])
    return f"<table>{caption}<thead>{head}</thead><tbody>{body}</tbody></table>"


def _head(cell: str, row: tuple[str, ...], columns: int) -> str:
    span = f' colspan="{columns}"' if len(row) == 1 else ""
    return f'<th scope="col"{span}><p>{escape(cell, quote=False)}</p></th>'


def _cell(cell: str, place: int) -> str:
    words = f"<p>{escape(cell, quote=False)}</p>"
    return f"<td>{words}</td>" if place else f'<th scope="row">{words}</th>'


# The facts file


def facts_of(paper: PaperText, *, manifest: str, template: bytes) -> dict[str, Any]:
    """The whole facts file, in the shape of `FactsFile`; strands report as at the day of writing."""
    front = paper.front_sheet
    priority = PRIORITY.fullmatch(unmarked(front["title of report"]))
    assert priority
    chief = front["chief officer"]
    return {
        "facts": "1",
        "organisations": [
            {"key": FORCE, "name": front["report from"], "short_name": front["report from"]},
            {"key": RECIPIENT, "name": paper.recipient, "short_name": paper.recipient},
        ],
        "people": [{"key": key_of(chief), "name": chief, "organisation": FORCE}],
        "frameworks": [_framework(paper, priority["framework"])],
        "formats": [{"key": FORMAT, "manifest": manifest, "template": base64.b64encode(template).decode("ascii")}],
        "boards": [_board(paper)],
        "series": [{"key": SERIES, "name": priority["name"], "board": BOARD}],
        "themes": [{"key": THEME, "name": priority["name"], "organisation": FORCE}],
        "workstreams": list(_workstreams(paper)),
        "papers": [_previous(paper), _paper(paper)],
    }


def strands(paper: PaperText) -> dict[str, dict[str, list[Piece]]]:
    """Place of a strand (1 …) → part → what it says; a strand may have one part only."""
    found: dict[str, dict[str, list[Piece]]] = {}
    for number, section in paper.sections.items():
        main, place = number.split(".")
        if main in PARTS and place != "0":
            found.setdefault(place, {})[PARTS[main]] = section.pieces
    return found


def name_of(paper: PaperText, place: str) -> str:
    """The plan's own wording of a strand, as its first heading has it."""
    return next(paper.sections[f"{main}.{place}"].heading for main in PARTS if f"{main}.{place}" in paper.sections)


def _framework(paper: PaperText, name: str) -> dict[str, Any]:
    edition_of = f"as in force in {day(paper.front_sheet['date of meeting']).year}"
    items = [
        {"key": place, "kind": "strand", "number": place, "text": name_of(paper, place)} for place in strands(paper)
    ]
    return {"key": FRAMEWORK, "name": name, "edition": edition_of, "organisation": RECIPIENT, "items": items}


def _board(paper: PaperText) -> dict[str, Any]:
    programme = paper.programme.rpartition(" ")[0]
    meetings = [{"held_on": held_on} for held_on in (earlier(paper), iso_day(paper.front_sheet["date of meeting"]))]
    return {
        "key": BOARD,
        "name": f"{programme.removesuffix(' Programme')} Board",
        "organisation": RECIPIENT,
        "programme_title": paper.programme,
        "programme_year": "none",
        "recipient": paper.recipient,
        "meetings": meetings,
    }


def earlier(paper: PaperText) -> str:
    """The day of the previous paper, from the words of its purpose."""
    found = EARLIER.search(paper.sections["1.0"].pieces[0].plain)
    assert found
    return iso_day(found[1])


def _workstreams(paper: PaperText) -> Iterator[dict[str, Any]]:
    as_at = iso_day(paper.front_sheet["date paper was written"])
    for place, parts in strands(paper).items():
        said = {part: story(pieces) for part, pieces in parts.items()}
        yield {
            "ref": f"strand-{place}",
            "name": name_of(paper, place),
            "theme": THEME,
            "position": int(place),
            "serves": [f"{FRAMEWORK}/{place}"],
            "parts": {part: "required" if part in parts else "unused" for part in PARTS.values()},
            "updates": [{"as_at": as_at, "parts": said}],
        }


def _previous(paper: PaperText) -> dict[str, Any]:
    """The paper that this one follows: nothing but its day is known."""
    return {
        "reference": PREVIOUS,
        "title": unmarked(paper.front_sheet["title of report"]),
        "organisation": FORCE,
        "format": FORMAT,
        "board": BOARD,
        "series": SERIES,
        "meeting": earlier(paper),
        "marking": paper.front_sheet["classification"].upper(),
    }


def _paper(paper: PaperText) -> dict[str, Any]:
    front = paper.front_sheet
    return _previous(paper) | {
        "reference": REFERENCE,
        "meeting": iso_day(front["date of meeting"]),
        "take": "since-previous",
        "agenda_number": front["agenda number"],
        "chief_officer": key_of(front["chief officer"]),
        "fields": {
            "author": front["author on behalf of chief officer"],
            "approval-date": front["date of approval"],
        },
        "workstreams": [f"strand-{place}" for place in strands(paper)],
        "sections": [
            {
                "key": SECTIONS[number],
                "heading": section.heading,
                "blocks": list(_section_blocks(number, section.pieces)),
            }
            for number, section in paper.sections.items()
            if number in SECTIONS
        ],
    }


def _section_blocks(number: str, pieces: list[Piece]) -> Iterator[dict[str, Any]]:
    """Nothing where the format walks the strands; one word is a nil return; else the paper's own prose."""
    if number.partition(".")[0] in PARTS:
        return
    if len(pieces) == 1 and len(pieces[0].plain.split()) == 1:
        yield {"kind": "nil", "wording": pieces[0].plain}
    else:
        yield {"kind": "narrative", "text": story(pieces)}
