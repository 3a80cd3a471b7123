"""The two engines, each used as its own manual says, and both timed in turns."""

import gc
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median
from time import process_time
from typing import Any, TypeAlias

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate
from jinja2 import Environment

from app.main import calm_collector
from app.word import Narrative, Vocabulary, compile_template, render
from benchmarks.workload import Piece, Prose, Runs

Facts: TypeAlias = Mapping[str, Any]
Clock: TypeAlias = Callable[[], float]

DOCUMENT = {
    "title": "Collaboration update",
    "subject": "Scrutiny paper",
    "author": "Ambershire Police",
    "language": "en-GB",
    "keywords": "OFFICIAL",
    "created": "2026-03-31",
    "custom": {},
}
"""What the properties of the document say."""


def of_docxtpl(template: bytes, facts: Facts) -> bytes:
    """The paper by docxtpl: a template object fills once, so that it is read anew for every paper."""
    document = DocxTemplate(io.BytesIO(template))
    filled = _each(facts, lambda prose, _: _subdocument(document, prose))
    document.render(filled, Environment(autoescape=True))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def of_ours(template: bytes, facts: Facts) -> bytes:
    """The paper by our engine, which keeps what it has compiled."""
    compiled = compile_template(template, vocabulary(facts))
    return render(compiled, {**_each(facts, lambda prose, key: Narrative(prose.html, key)), "document": DOCUMENT}, {})


WRITES_RICH_TEXT = find_spec("docxcompose") is not None
"""Whether docxtpl can make subdocuments here: it wants another package for that, which the group `benchmarks` has."""

ENGINES: Mapping[str, Callable[[bytes, Facts], bytes]] = {"docxtpl": of_docxtpl, "boardpapers": of_ours}


def vocabulary(facts: Facts) -> Vocabulary:
    """The names of the facts, as a template may use them."""
    return {name: _below(value) for name, value in facts.items()}


def _below(value: Any) -> "Vocabulary | None":
    """The names below a value; the first item of a list has those of all."""
    first = value[0] if isinstance(value, list) and value else value
    return vocabulary(first) if isinstance(first, dict) else None


def _each(facts: Facts, made: Callable[[Prose, str], Any]) -> dict[str, Any]:
    """The facts with every rich text as the engine wants it."""
    out = {name: made(value, name) if isinstance(value, Prose) else value for name, value in facts.items()}
    out["workstreams"] = [
        {name: made(value, name) if isinstance(value, Prose) else value for name, value in workstream.items()}
        for workstream in facts["workstreams"]
    ]
    return out


# A rich text for docxtpl: a subdocument, written with python-docx


def _subdocument(document: DocxTemplate, prose: Prose) -> Any:
    made = document.new_subdoc()
    for piece in prose.pieces:
        _add(made, piece)
    return made


def _add(made: Any, piece: Piece) -> None:
    if piece.kind == "table":
        table = made.add_table(len(piece.rows), len(piece.rows[0]), style="Table Grid")
        for row, words in zip(table.rows, piece.rows, strict=True):
            for cell, text in zip(row.cells, words, strict=True):
                cell.text = text
        return
    style = {"paragraph": "Normal", "numbers": "List Number", "bullets": "List Bullet"}[piece.kind]
    for number, line in enumerate(piece.lines):
        _write(made.add_paragraph(style=style), line)
        for inner in piece.below if number == 0 else ():
            _write(made.add_paragraph(style="List Bullet 2"), inner)


def _write(paragraph: Paragraph, runs: Runs) -> None:
    for words in runs:
        run = paragraph.add_run(words.text)
        run.bold = words.bold or None
        if words.address:
            link = OxmlElement("w:hyperlink")
            relation = paragraph.part.relate_to(words.address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            link.set(qn("r:id"), relation)
            link.append(run._r)
            paragraph._p.append(link)


# Timing


@dataclass(frozen=True, slots=True)
class Timing:
    """The median of a deed in milliseconds, and the bytes that it answered with."""

    milliseconds: float
    size: int


Deed: TypeAlias = Callable[[int], bytes]
"""Something to be timed; it is told how often it was done before, so that no two times need say the same."""

TURN = 3
"""How often a deed is done in its turn."""


def timed(
    deeds: Mapping[str, Deed],
    rounds: int,
    clock: Clock = process_time,
    *,
    before: Mapping[str, Callable[[int], None]] | None = None,
) -> dict[str, Timing]:
    """Each deed in its turn, round after round, the first round left out: what it takes when all is warm.

    The clock counts what this process computes, unless told otherwise: what else the machine does is left out.
    `before` has what must be done before a deed, and is not timed. Garbage is looked for as in a process that serves,
    for every deed alike.
    """
    usual = gc.get_threshold()
    calm_collector()
    taken: dict[str, list[float]] = {name: [] for name in deeds}
    sizes: dict[str, int] = {}
    for number in range(rounds + 1):
        for name, deed in deeds.items():
            for again in range(TURN):
                if before and name in before:
                    before[name](number * TURN + again)
                begun = clock()
                sizes[name] = len(deed(number * TURN + again))
                if number:
                    taken[name].append(clock() - begun)
    gc.unfreeze()
    gc.set_threshold(*usual)
    return {name: Timing(median(times) * 1000, sizes[name]) for name, times in taken.items()}


def another_template(template: bytes, number: int) -> bytes:
    """The template as it would be after a change: of other bytes, and of equal work."""
    document = docx.Document(io.BytesIO(template))
    document.core_properties.revision = number + 2
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
