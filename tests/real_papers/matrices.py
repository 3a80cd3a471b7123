"""Turns a scrutiny paper with matrices into a facts file in which every pillar is a workstream with its own matrix.

A matrix has a row label and five objectives. Its title is a row of one cell; what stands above the first label are the
heads of its columns; from there on a row without a label goes on with the label above it, whose cells are lists of
their own: rows mean nothing across. Page breaks tear it apart, and rows after one may lack the cell of the label.
"""

import base64
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.real_papers.edition import as_toml
from tests.real_papers.paper_facts import (
    BOARD,
    FORCE,
    RECIPIENT,
    SECTIONS,
    SERIES,
    inline,
    iso_day,
    key_of,
    narrative,
    prose,
)
from tests.real_papers.paper_text import PaperText, Piece, read_paper, unmarked
from tests.real_papers.published import HASHES

REFERENCE, FORMAT, THEME = "vision-2023-07", "scrutiny-2023", "vision"
OBJECTIVES = 5

CORNER, EMPTY, ATTACHED = "Plan", "None.", "Attached as a document of its own."
"""What stands in a matrix above its labels and in its empty cells, and under a heading without a text: our words."""

TITLE = re.compile(r"\*\*(?P<name>[^*]+)\*\*")
NUMBERED = re.compile(r"\*\*(\d{1,2}\.\d .+)\*\*")
PLACE = re.compile(r"\[matrix (\d+)\]")
APPENDIX = re.compile(r"\*\*Appendix\b.*\*\*")


@dataclass
class Matrix:
    """A title, the heads of the objectives, and under each label a list of cells for each objective."""

    title: str
    heads: list[str] = field(default_factory=lambda: [""] * OBJECTIVES)
    rows: dict[str, list[list[str]]] = field(default_factory=dict)

    def add(self, cells: list[str]) -> None:
        """One row of the text, with or without the cell of the label."""
        label = cells[0] if len(cells) > OBJECTIVES else ""
        objectives = cells[-OBJECTIVES:]
        if label:
            self.rows[label] = [[] for _ in range(OBJECTIVES)]
        if self.rows:
            for column, cell in zip(list(self.rows.values())[-1], objectives, strict=True):
                column.extend([cell] if cell else [])
        else:
            self.heads = [f"{head} {cell}".strip() for head, cell in zip(self.heads, objectives, strict=True)]

    def html(self) -> str:
        """The matrix on a page turned sideways; an empty cell says so."""
        head = "".join(f'<th scope="col">{_paragraphs(cell)}</th>' for cell in [CORNER, *self.heads])
        body = "".join(_row(label, columns) for label, columns in self.rows.items())
        table = f"<caption>{inline(unmarked(self.title))}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        return f'<figure data-page="landscape"><table>{table}</table></figure>'


def _row(label: str, columns: list[list[str]]) -> str:
    cells = "".join(f"<td>{_cell(column)}</td>" for column in columns)
    return f'<tr><th scope="row">{_paragraphs(label)}</th>{cells}</tr>'


def _cell(entries: list[str]) -> str:
    """What a label says of an objective: nothing, one text, or a list."""
    if len(entries) < 2:
        return _paragraphs(entries[0] if entries else EMPTY)
    return f"<ul>{''.join(f'<li>{_paragraphs(entry)}</li>' for entry in entries)}</ul>"


def _paragraphs(cell: str) -> str:
    """A new paragraph begins where the text has one, and where bold letters do."""
    pieces = re.split(r"</?p>|(?=<b>)", cell)
    return "".join(f"<p>{inline(piece.strip())}</p>" for piece in pieces if piece.strip())


# The paper


def read_scrutiny(text: str) -> tuple[PaperText, list[Matrix]]:
    """The structure of the paper's text, with a line `[matrix n]` for each of its matrices."""
    matrices: list[Matrix] = []
    lines: list[str] = []
    for line in text.replace("\f", "\n").replace("  \n", "\n\n").splitlines():
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) < OBJECTIVES:
            lines.append(_bare(line))
        elif len(cells) == OBJECTIVES or any(cells[1:]):
            matrices[-1].add(cells)
        else:
            matrices.append(Matrix(cells[0]))
            lines += ["", f"[matrix {len(matrices)}]", ""]
    return read_paper("\n".join(lines)), matrices


def _bare(line: str) -> str:
    """A line without what makes it a heading; rows of the front sheet without bold."""
    plain = HASHES.sub("", line)
    return unmarked(plain) if "\t" in plain else NUMBERED.sub(r"\1", plain)


def edition(manifest: str, paper: PaperText) -> str:
    """The shipped `format.toml` with this year's front sheet and labels; authors and approval are typed in."""
    said = tomllib.loads(manifest)
    rows = {row["label"].casefold(): row for row in said["front_sheet"]}
    said |= {
        "key": FORMAT,
        "labels": {"draft": "2.{n}", "final": "{n}.0", "revised": "{m}.0r{n}"},
        "front_sheet": [rows[label] for label in paper.front_sheet],
    }
    for row in said["front_sheet"]:
        if row["source"] in {"author", "approved-on"}:
            row["source"] = "field"
    return as_toml(said)


# The facts file


def facts_of(paper: PaperText, matrices: list[Matrix], *, manifest: str, template: bytes) -> dict[str, Any]:
    """The whole facts file, in the shape of `FactsFile`; pillars report as at the day of writing."""
    front = paper.front_sheet
    chief = front["chief officer"]
    title = front["title of report"]
    return {
        "facts": "1",
        "organisations": [
            {"key": FORCE, "name": front["report from"], "short_name": front["report from"]},
            {"key": RECIPIENT, "name": paper.recipient, "short_name": paper.recipient},
        ],
        "people": [{"key": key_of(chief), "name": chief, "organisation": FORCE}, *consultees(paper)],
        "formats": [{"key": FORMAT, "manifest": manifest, "template": base64.b64encode(template).decode("ascii")}],
        "boards": [_board(paper)],
        "series": [{"key": SERIES, "name": title, "board": BOARD}],
        "themes": [{"key": THEME, "name": title, "organisation": FORCE}],
        "workstreams": list(_workstreams(paper, matrices)),
        "papers": [_paper(paper)],
    }


def consultees(paper: PaperText) -> list[dict[str, Any]]:
    """Who is named under Consultation, with the post behind the dash."""
    found = []
    for piece in paper.sections["7.0"].pieces:
        name, _, post = piece.plain.partition(" – ")
        found.append({"key": key_of(name), "name": name, "organisation": FORCE, "posts": [{"title": post}]})
    return found


def pillars(paper: PaperText) -> dict[str, list[Piece]]:
    """Name of a pillar → what stands under it."""
    found: dict[str, list[Piece]] = {}
    for piece in paper.sections["5.0"].pieces:
        title = TITLE.fullmatch(piece.text)
        if title:
            found[title["name"]] = []
        else:
            found[list(found)[-1]].append(piece)
    return found


def _workstreams(paper: PaperText, matrices: list[Matrix]) -> Iterator[dict[str, Any]]:
    as_at = iso_day(paper.front_sheet["date paper was written"])
    for position, (name, pieces) in enumerate(pillars(paper).items()):
        text = "".join(_told(piece, matrices) for piece in pieces)
        update = {"as_at": as_at, "parts": {"progress": prose(text)}}
        yield {"ref": key_of(name), "name": name, "theme": THEME, "position": position, "updates": [update]}


def _told(piece: Piece, matrices: list[Matrix]) -> str:
    place = PLACE.fullmatch(piece.text)
    return matrices[int(place[1]) - 1].html() if place else narrative([piece])["value"]


def _board(paper: PaperText) -> dict[str, Any]:
    programme, _, _ = paper.programme.rpartition(" ")
    return {
        "key": BOARD,
        "name": f"{programme.removesuffix(' Programme')} Board",
        "organisation": RECIPIENT,
        "programme_title": programme,
        "programme_year": "calendar",
        "recipient": paper.recipient,
        "meetings": [{"held_on": iso_day(paper.front_sheet["date of meeting"])}],
    }


def _paper(paper: PaperText) -> dict[str, Any]:
    front = paper.front_sheet
    appendix = next(piece for piece in paper.sections["9.0"].pieces if APPENDIX.fullmatch(piece.text))
    sections = [
        {"key": SECTIONS[number], "heading": section.heading, "blocks": _blocks(number, section.pieces)}
        for number, section in paper.sections.items()
    ]
    return {
        "reference": REFERENCE,
        "title": front["title of report"],
        "organisation": FORCE,
        "format": FORMAT,
        "board": BOARD,
        "meeting": iso_day(front["date of meeting"]),
        "series": SERIES,
        "agenda_number": front["agenda number"],
        "marking": "OFFICIAL",
        "chief_officer": key_of(front["chief officer"]),
        "fields": {
            "author": front["author on behalf of chief officer"],
            "approval-date": front["date of approval"],
        },
        "workstreams": [key_of(name) for name in pillars(paper)],
        "consultees": [person["key"] for person in consultees(paper)],
        "sections": [
            *sections,
            {"key": "appendix", "heading": appendix.plain, "blocks": [{"kind": "nil", "wording": ATTACHED}]},
        ],
    }


def _blocks(number: str, pieces: list[Piece]) -> list[dict[str, Any]]:
    if number == "5.0":
        return [{"kind": "workstreams", "theme_headings": False}]
    if number == "7.0":
        return [{"kind": "people"}]
    own = [piece for piece in pieces if not APPENDIX.fullmatch(piece.text)]
    return [{"kind": "narrative", "text": narrative(own)}]
