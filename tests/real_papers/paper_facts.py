"""Turns a scrutiny paper's text into a facts file in which every workstream is a row and every rating a rating.

Only the shape of such a paper is known here: what its numbered sections are called in the format, how a rating, a
source note and a key look in print. Names, sentences, dates and ratings all come from the text.
"""

import base64
import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from tests.real_papers.paper_text import EMPHASIS, PaperText, Piece

REFERENCE = "collaboration-2020-03"
FORMAT = "scrutiny-2020"
FORCE, RECIPIENT, BOARD, SERIES, FRAMEWORK = "force", "recipient", "board", "series", "plan"
FORCE_SCHEME, PROGRAMME_SCHEME = "force-programme", "regional-programme"

SECTIONS = {
    "1.0": "purpose",
    "2.0": "recommendations",
    "3.0": "executive-summary",
    "4.0": "background",
    "5.0": "current-work",
    "6.0": "implications",
    "6.1": "plan-priorities",
    "6.2": "demand",
    "6.3": "risks",
    "6.4": "equality",
    "6.5": "health-and-safety",
    "7.0": "consultation",
    "8.0": "actions",
    "9.0": "future-work",
}
"""Printed number → section of the format."""

PARTS = {
    "progress": "",
    "update": "Update",
    "recent-activity": "Update - recent activity",
    "next-steps": "Next steps",
}
"""The parts that updates have in this edition of the format, and the names it prints above them."""

COLOURS = {
    "red": ("C62828", "FFFFFF"),
    "amber": ("FFBF00", "000000"),
    "green": ("2E7D32", "FFFFFF"),
    "grey": ("616161", "FFFFFF"),
}
"""Value → background and colour of its word, in print."""

TAGS = {"u": "u", "b": "strong", "i": "em"}

DIMENSIONS = ("overall", "time", "cost", "savings", "benefits")
NOT_RATED = "Not RAG rated"

RATED = re.compile(rf"(?P<name>.+?)\s*(?:[–-]\s*)?\(?(?P<ratings>Overall RAG\b.*?|{NOT_RATED})\)?")
RATING = re.compile(rf"({'|'.join(DIMENSIONS)})\W+RAG\W+(\w+)", re.IGNORECASE)
NOTE = re.compile(r"Note:? RAG assessment (?P<source>.+?)(?: except overall RAG (?P<exception>.+))?\.")
SCHEME_NOTE = re.compile(r"RAG ratings per .+")
RUN_IN = re.compile(r"(?P<name>[A-Z]{2,6}) – (?P<text>[A-Z].+)")
NIL = re.compile(r"(?:None|No) [^.]+\..*")
NIL_AS_AT = re.compile(r"No (?P<subject>.+) as at (?P<month>\w+ \d{4})\.")
DAY = r"(\d{1,2} ?(?:st|nd|rd|th) \w+ \d{4})"
OTHER_MEETINGS = (re.compile(rf"provided to {DAY} Board"), re.compile(rf"scheduled for {DAY}"))


def day(words: str) -> date:
    """The day that is written like 26th March 2020, with or without a gap before the “th”."""
    return datetime.strptime(re.sub(r"(\d) ?(?:st|nd|rd|th) ", r"\1 ", words), "%d %B %Y").date()  # noqa: DTZ007


def iso_day(words: str) -> str:
    """The same day as facts have it."""
    return day(words).isoformat()


def key_of(name: str) -> str:
    """A natural key made of a name."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:80].strip("-")


def prose(markup: str) -> dict[str, str]:
    """Narrative in the form that the facts file takes."""
    return {"format": "html", "value": markup}


# Narrative


def narrative(pieces: Iterable[Piece], subheadings: Iterable[Piece] = ()) -> dict[str, str]:
    """Paragraphs and lists as narrative; roman lists hold their letters, and what stands between the two."""
    titles = {id(piece) for piece in subheadings}
    paragraphs: list[str] = []
    pending = list(pieces)
    while pending:
        if pending[0].marker:
            length = _list_length(pending)
            paragraphs.append(_list_of(pending[:length]))
            del pending[:length]
        else:
            piece = pending.pop(0)
            tag = "h3" if id(piece) in titles else "p"
            paragraphs.append(f"<{tag}>{_inline(piece)}</{tag}>")
    return prose("".join(paragraphs))


def _inline(piece: Piece) -> str:
    return inline(piece.text)


def inline(text: str) -> str:
    """A text with its emphasis, as narrative."""
    escaped = EMPHASIS.sub(_emphasised, html.escape(text, quote=False))
    return re.sub(r"&lt;(/?)([ubi])&gt;", lambda tag: f"<{tag[1]}{TAGS[tag[2]]}>", escaped)


def _emphasised(found: re.Match[str]) -> str:
    tag = "strong" if len(found[1]) == 2 else "em"
    return f"<{tag}>{found[2]}</{tag}>"


def _list_length(pieces: list[Piece]) -> int:
    """How many pieces the list at the start of them holds, with the sentences that lead from one level to the next."""
    first = pieces[0].marker
    inner = {"-": {"-"}, "a": {"a"}, "i": {"i", "a"}}[first]
    length = 0
    for index, (piece, after) in enumerate(pairwise([*pieces, Piece()])):
        if piece.marker in inner:
            length = index + 1
        elif first != "i" or piece.marker or after.marker != "a":
            break
    return length


def _list_of(pieces: list[Piece]) -> str:
    tag = "ul" if pieces[0].marker == "-" else f'ol type="{pieces[0].marker}"'
    items: list[list[Piece]] = []
    for piece in pieces:
        if piece.marker == pieces[0].marker:
            items.append([])
        items[-1].append(piece)
    return f"<{tag}>{''.join(f'<li>{_item(item)}</li>' for item in items)}</{tag[:2]}>"


def _item(pieces: list[Piece]) -> str:
    inner = [index for index, piece in enumerate(pieces) if index and piece.marker]
    end = inner[0] if inner else len(pieces)
    text = "".join(f"<p>{_inline(piece)}</p>" for piece in pieces[:end])
    return text + (_list_of(pieces[end:]) if inner else "")


# Themes and workstreams


@dataclass
class Row:
    """One workstream as section 5 prints it."""

    name: str
    theme: str
    ratings: dict[str, str]
    sources: dict[str, str] = field(default_factory=dict)
    rating_source: str | None = None
    parts: dict[str, list[Piece]] = field(default_factory=lambda: {"progress": []})
    subheadings: list[Piece] = field(default_factory=list)


@dataclass
class Band:
    """One theme as section 5 prints it: what stands under it before its workstreams, and the key to its own scheme."""

    name: str
    introduction: list[Piece] = field(default_factory=list)
    key: list[Piece] = field(default_factory=list)


@dataclass
class Tree:
    """Section 5: themes and workstreams, in their order."""

    bands: list[Band] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    part: str = "progress"

    def open_band(self, name: str) -> None:
        """A theme begins."""
        self.bands.append(Band(name.rstrip(":")))

    def open_row(self, name: str, ratings: dict[str, str]) -> None:
        """A workstream begins in the last theme."""
        self.rows.append(Row(name, self.bands[-1].name, ratings))
        self.part = "progress"

    def say(self, piece: Piece) -> None:
        """The last workstream says this in its present part."""
        self.rows[-1].parts.setdefault(self.part, []).append(piece)


def tree_of(pieces: list[Piece]) -> Tree:
    """What section 5 says, each piece read by the first of `READINGS` that knows it.

    A workstream is a heading with its ratings in words, or one above a note on their source (its ratings were a
    picture), or a run-in title. A theme is a short line above a workstream.
    """
    tree = Tree()
    for piece, after in pairwise([*pieces, Piece()]):
        any(reading(tree, piece, after) for reading in READINGS)
    return tree


def _key_row(tree: Tree, piece: Piece, _after: Piece) -> bool:
    if piece.cells:
        tree.bands[-1].key.append(piece)
    return bool(piece.cells)


def _rated_heading(tree: Tree, piece: Piece, _after: Piece) -> bool:
    rated = RATED.fullmatch(piece.plain)
    if rated:
        tree.open_row(rated["name"], _ratings(rated["ratings"]))
    return rated is not None


def _source_note(tree: Tree, piece: Piece, _after: Piece) -> bool:
    """A pack is the workstream's source, and what it excepts the overall rating's own; else all ratings have one.

    Of ratings that were a picture and come from no pack, only the overall one is known to have been there.
    """
    note = NOTE.fullmatch(piece.plain)
    if note is None:
        return False
    row = tree.rows[-1]
    if note["exception"]:
        row.rating_source = note["source"]
        row.sources = {"overall": note["exception"]}
        return True
    if set(row.ratings.values()) == {"not-rated"}:
        row.ratings = {"overall": "not-rated"}
    row.sources = dict.fromkeys(row.ratings, note["source"])
    return True


def _scheme_note(tree: Tree, piece: Piece, _after: Piece) -> bool:
    known = SCHEME_NOTE.fullmatch(piece.plain) is not None
    if known:
        tree.bands[-1].introduction.append(piece)
    return known


def _noted_heading(tree: Tree, piece: Piece, after: Piece) -> bool:
    """A noted workstream within a theme of another scheme is no part of it: it stands alone, as a theme of one."""
    if not (_is_label(piece) and NOTE.fullmatch(after.plain)):
        return False
    above = tree.bands[-1]
    if above.key or above.name in {row.name for row in tree.rows}:
        tree.open_band(piece.plain)
    tree.open_row(piece.plain, dict.fromkeys(DIMENSIONS, "not-rated"))
    return True


def _part_heading(tree: Tree, piece: Piece, _after: Piece) -> bool:
    labels = {label.casefold(): part for part, label in PARTS.items() if label}
    part = labels.get(piece.plain.rstrip(":").casefold())
    tree.part = part or tree.part
    return part is not None


def _theme_heading(tree: Tree, piece: Piece, after: Piece) -> bool:
    known = _is_label(piece) and (not tree.bands or piece.plain.endswith(":") or _is_label(after))
    if known:
        tree.open_band(piece.plain)
    return known


def _subheading(tree: Tree, piece: Piece, _after: Piece) -> bool:
    known = _is_label(piece)
    if known:
        tree.rows[-1].subheadings.append(piece)
        tree.say(piece)
    return known


def _run_in_title(tree: Tree, piece: Piece, _after: Piece) -> bool:
    run_in = RUN_IN.fullmatch(piece.plain)
    if run_in:
        tree.open_row(run_in["name"], {})
        tree.say(Piece(run_in["text"]))
    return run_in is not None


def _prose(tree: Tree, piece: Piece, _after: Piece) -> bool:
    tree.say(piece)
    return True


READINGS = (
    _key_row,
    _rated_heading,
    _source_note,
    _scheme_note,
    _noted_heading,
    _part_heading,
    _theme_heading,
    _subheading,
    _run_in_title,
    _prose,
)
"""How a piece of section 5 may be read; the first that knows it has it."""


def _is_label(piece: Piece) -> bool:
    """Whether a piece is a short line that no full stop ends."""
    words = piece.plain.split()
    return not piece.marker and not piece.cells and 0 < len(words) <= 12 and not piece.plain.endswith(".")


def _ratings(words: str) -> dict[str, str]:
    found = {dimension.casefold(): value.casefold() for dimension, value in RATING.findall(words)}
    return found or {"overall": "not-rated"}


# The facts file


def facts_of(paper: PaperText, *, manifest: str, template: bytes) -> dict[str, Any]:
    """The whole facts file, in the shape of `FactsFile`; updates and introductions are as at the day of writing."""
    front = paper.front_sheet
    written = day(front["date paper was written"]).isoformat()
    tree = tree_of(paper.sections["5.0"].pieces)
    priorities = [piece for piece in paper.sections["6.1"].pieces if piece.marker]
    names = [front["chief officer"], front["author on behalf of chief officer"], *consultees(paper)]
    return {
        "facts": "1",
        "organisations": list(_organisations(paper)),
        "people": [{"key": key_of(name), "name": name, "organisation": FORCE} for name in dict.fromkeys(names)],
        "frameworks": [_framework(paper, priorities)],
        "rag_schemes": list(_schemes(paper, tree)),
        "formats": [{"key": FORMAT, "manifest": manifest, "template": base64.b64encode(template).decode("ascii")}],
        "boards": [_board(paper)],
        "series": [{"key": SERIES, "name": front["title of report"], "board": BOARD}],
        "themes": [_theme(band, position, written) for position, band in enumerate(tree.bands)],
        "workstreams": [_workstream(row, position, written, priorities) for position, row in enumerate(tree.rows)],
        "papers": [_paper(paper, tree)],
    }


def consultees(paper: PaperText) -> list[str]:
    """The persons named under Consultation."""
    return [name.strip() for piece in paper.sections["7.0"].pieces for name in piece.plain.split(",")]


def _organisations(paper: PaperText) -> Iterator[dict[str, str]]:
    force = paper.front_sheet["report from"]
    yield {"key": FORCE, "name": force, "short_name": force}
    name = paper.recipient.removeprefix("the ")
    yield {"key": RECIPIENT, "name": name, "short_name": name}


def _framework(paper: PaperText, priorities: list[Piece]) -> dict[str, Any]:
    name = paper.sections["6.1"].heading.removeprefix("Links to ").removesuffix(" Priorities")
    items = [{"key": piece.number, "number": f"{piece.number}.", "text": piece.plain} for piece in priorities]
    edition = f"as in force in {day(paper.front_sheet['date of meeting']).year}"
    return {"key": FRAMEWORK, "name": name, "edition": edition, "organisation": RECIPIENT, "items": items}


def _schemes(paper: PaperText, tree: Tree) -> Iterator[dict[str, Any]]:
    """The key of section 4 is two tables side by side: ratings, and dimensions; that of a theme has ratings only."""
    head, *rows = [piece.cells for piece in paper.sections["4.0"].pieces if piece.cells]
    meanings = {row[2].casefold(): row[3] for row in rows}
    labels = {row[2].casefold(): row[2] for row in rows} | {"overall": "Overall RAG"}
    yield {
        "key": FORCE_SCHEME,
        "name": head[2],
        "values": [_value(row[0], row[1]) for row in rows],
        "dimensions": [{"key": key, "label": labels[key], "meaning": meanings.get(key, "")} for key in DIMENSIONS],
    }
    head, *rows = [piece.cells for band in tree.bands for piece in band.key]
    yield {
        "key": PROGRAMME_SCHEME,
        "name": head[0],
        "values": [_value(row[0], row[1]) for row in rows],
        "dimensions": [{"key": key, "label": f"{key.title()} RAG"} for key in ("overall", "time")],
    }


def _value(label: str, meaning: str) -> dict[str, str]:
    background, colour = COLOURS[label.casefold()]
    return {
        "key": label.casefold(),
        "label": label,
        "meaning": meaning,
        "background": background,
        "colour": colour,
    }


def _board(paper: PaperText) -> dict[str, Any]:
    programme = paper.programme.rpartition(" ")[0]
    meeting = day(paper.front_sheet["date of meeting"])
    body = " ".join(piece.plain for section in paper.sections.values() for piece in section.pieces)
    others = [day(found[1]) for pattern in OTHER_MEETINGS if (found := pattern.search(body))]
    agenda = [{"number": paper.front_sheet["agenda number"], "title": paper.front_sheet["title of report"]}]
    return {
        "key": BOARD,
        "name": f"{programme.removesuffix(' Programme')} Board",
        "organisation": RECIPIENT,
        "programme_title": programme,
        "recipient": paper.recipient,
        "format": FORMAT,
        "meetings": [
            {"held_on": held_on.isoformat(), "agenda": agenda if held_on == meeting else []}
            for held_on in sorted({meeting, *others})
        ],
    }


def _theme(band: Band, position: int, as_at: str) -> dict[str, Any]:
    introductions = [{"as_at": as_at, "text": narrative(band.introduction)}] if band.introduction else []
    return {
        "key": key_of(band.name),
        "name": band.name,
        "organisation": FORCE,
        "position": position,
        "rag_scheme": PROGRAMME_SCHEME if band.key else FORCE_SCHEME,
        "introductions": introductions,
    }


def _workstream(row: Row, position: int, as_at: str, priorities: list[Piece]) -> dict[str, Any]:
    ratings = {
        dimension: {"value": value} | ({"source": row.sources[dimension]} if dimension in row.sources else {})
        for dimension, value in row.ratings.items()
    }
    parts = {part: narrative(pieces, row.subheadings) for part, pieces in row.parts.items()}
    return {
        "ref": key_of(row.name),
        "name": row.name,
        "theme": key_of(row.theme),
        "position": position,
        "serves": [f"{FRAMEWORK}/{piece.number}" for piece in priorities],
        "updates": [{"as_at": as_at, "parts": parts, "ratings": ratings}],
    } | ({"rating_source": row.rating_source} if row.rating_source else {})


def _paper(paper: PaperText, tree: Tree) -> dict[str, Any]:
    front = paper.front_sheet
    return {
        "reference": REFERENCE,
        "title": front["title of report"],
        "organisation": FORCE,
        "format": FORMAT,
        "board": BOARD,
        "meeting": day(front["date of meeting"]).isoformat(),
        "series": SERIES,
        "agenda_number": front["agenda number"],
        "marking": front["classification of paper"].upper(),
        "chief_officer": key_of(front["chief officer"]),
        "author": key_of(front["author on behalf of chief officer"]),
        "front_sheet": {"approval-date": _tidy(front["date of approval"])},
        "workstreams": [key_of(row.name) for row in tree.rows],
        "consultees": [key_of(name) for name in consultees(paper)],
        "sections": [
            {"key": SECTIONS[number], "heading": section.heading, "blocks": list(_blocks(number, section.pieces))}
            for number, section in paper.sections.items()
        ],
    }


def _tidy(words: str) -> str:
    return re.sub(r"(\d) (st|nd|rd|th)\b", r"\1\2", words)


def _blocks(number: str, pieces: list[Piece]) -> Iterator[dict[str, Any]]:
    """A section's blocks: what is a fact elsewhere is named as such, the rest is the paper's own prose."""
    special = {
        "5.0": [{"kind": "workstreams"}],
        "7.0": [{"kind": "people"}],
    }.get(number)
    if special:
        yield from special
    elif len(pieces) == 1 and NIL.fullmatch(pieces[0].plain):
        yield _nil(pieces[0].plain)
    elif number == "4.0":
        yield from _around(pieces, lambda piece: bool(piece.cells), {"kind": "rating-key", "schemes": [FORCE_SCHEME]})
    elif number == "6.1":
        items = {"kind": "framework-items", "framework": FRAMEWORK, "scope": "served"}
        yield from _around(pieces, lambda piece: bool(piece.marker), items)
    else:
        yield {"kind": "narrative", "text": narrative(pieces)}


def _around(pieces: list[Piece], is_fact: Callable[[Piece], bool], block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Prose, the block that prints the facts among it, prose."""
    places = [index for index, piece in enumerate(pieces) if is_fact(piece)]
    yield {"kind": "narrative", "text": narrative(pieces[: places[0]])}
    yield block
    yield {"kind": "narrative", "text": narrative(pieces[places[-1] + 1 :])}


def _nil(wording: str) -> dict[str, Any]:
    as_at = NIL_AS_AT.fullmatch(wording)
    if as_at is None:
        return {"kind": "nil"} | ({} if wording.startswith("None ") else {"wording": wording})
    first = datetime.strptime(as_at["month"], "%B %Y").date()  # noqa: DTZ007
    return {
        "kind": "nil",
        "subject": as_at["subject"],
        "as_at": first.isoformat(),
        "wording": f"No {{subject}} as at {as_at['month']}.",
    }
