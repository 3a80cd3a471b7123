"""The paper that is printed: its template, and its facts with *n* workstreams, in plain text or in rich narrative.

A front sheet of ten rows; nine written sections of two paragraphs; *n* workstreams, each with a rating table of 2 × 5
whose cells are shaded, three paragraphs of 80 words and four bullets; two data tables of 12 × 6; header and footer with
the marking. In the rich paper the same number of words stands in paragraphs with emphasis and links, in nested lists
and in small tables, given as one narrative for each section and each workstream.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from random import Random
from typing import Any, Literal, TypeAlias

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

Kind: TypeAlias = Literal["plain", "rich"]

FRONT_SHEET = (
    *("title", "marking", "agenda number", "chief officer", "date written", "version", "report from"),
    *("meeting", "author", "approved"),
)
SECTIONS = (
    *("purpose", "recommendations", "summary", "background", "performance", "implications", "risks"),
    *("consultation", "future"),
)
DIMENSIONS = ("overall", "time", "cost", "savings", "benefits")
RATINGS = (("Red", "C62828"), ("Amber", "FFBF00"), ("Green", "2E7D32"), ("Not rated", "616161"))
COLUMNS = ("area", "before", "now", "change", "share", "note")
TABLE_ROWS, TABLES = 12, 2
PARAGRAPHS, WORDS, BULLETS, BULLET_WORDS = 3, 80, 4, 12
SPLIT = frozenset({1, 3})  # of every five tags, the ones that Word has split over runs: 40 in 100

_VOCABULARY = (
    *("the", "of", "and", "to", "in", "for", "a", "is", "was", "by", "with", "from", "that", "this", "has"),
    *("been", "will", "work", "team", "force", "board", "region", "programme", "procurement", "forensics"),
    *("training", "vehicles", "estate", "finance", "people", "victims", "savings", "benefits", "quarter"),
    *("review", "delivered", "agreed", "completed", "delayed", "approved", "reported", "improved", "reduced"),
    *("began", "continues", "expects", "remains", "against", "between", "during", "since", "R&D", "<5%"),
    *("“on–track”", "O’Neill", "£1,200", "£3.4m", "—", "costs", "&", "risks", "12%", "2026/27", '"as'),
    *('planned"', "it's"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """A run of text, plain, in bold, or leading to an address."""

    text: str
    bold: bool = False
    address: str | None = None


Runs: TypeAlias = tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Something in a rich text: a paragraph (one line), a list of lines that may have lines below them, or a table."""

    kind: Literal["paragraph", "numbers", "bullets", "table"]
    lines: tuple[Runs, ...] = ()
    below: tuple[Runs, ...] = ()  # bullets below the first line of a list
    rows: tuple[tuple[str, ...], ...] = ()  # the first one heads the table


@dataclass(frozen=True, slots=True)
class Prose:
    """A rich text, to be given to each engine in its own way."""

    pieces: tuple[Piece, ...]
    html: str  # in the grammar of our narratives, as it is kept


def facts(n: int, kind: Kind = "plain", edition: int = 0) -> dict[str, Any]:
    """What a paper with `n` workstreams says; another edition has other words throughout, of the same length."""
    said = _Said(Random(f"{kind} {n} {edition}"))
    return {
        "marking": "OFFICIAL",
        "front": [{"label": name.capitalize(), "value": said.words(6)} for name in FRONT_SHEET],
        **{name: said.text(2) if kind == "plain" else said.prose(2, bullets=False) for name in SECTIONS},
        "workstreams": [said.workstream(number, kind) for number in range(1, n + 1)],
        "tables": [
            {"rows": [{name: said.words(2) for name in COLUMNS} for _ in range(TABLE_ROWS)]} for _ in range(TABLES)
        ],
    }


class _Said:
    """Sentences out of one source of chance."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def words(self, count: int) -> str:
        words = " ".join(self._chance.choices(_VOCABULARY, k=count))
        return words[0].upper() + words[1:]

    def text(self, paragraphs: int) -> list[str]:
        return [f"{self.words(WORDS)}." for _ in range(paragraphs)]

    def workstream(self, number: int, kind: Kind) -> dict[str, Any]:
        rated = [self._chance.choice(RATINGS) for _ in DIMENSIONS]
        made: dict[str, Any] = {
            "name": f"{self.words(3)} {number}",
            "ratings": {
                name: {"word": word, "colour": colour} for name, (word, colour) in zip(DIMENSIONS, rated, strict=True)
            },
        }
        if kind == "rich":
            return made | {"text": self.prose(PARAGRAPHS, bullets=True)}
        bullets = [self.words(BULLET_WORDS) for _ in range(BULLETS)]
        return made | {"paragraphs": self.text(PARAGRAPHS), "bullets": bullets}

    def prose(self, paragraphs: int, *, bullets: bool) -> Prose:
        """As many words as that many paragraphs have: the last one as a list and a table."""
        pieces = [Piece("paragraph", (self.runs(WORDS),)) for _ in range(paragraphs - 1)]
        pieces.append(Piece("numbers", self.lines(3, 10), self.lines(2, 7)))
        rows = tuple(tuple(self.words(3) for _ in range(3)) for _ in range(4))
        pieces.append(Piece("table", rows=rows))
        if bullets:
            pieces.append(Piece("bullets", self.lines(BULLETS, BULLET_WORDS)))
        return Prose(tuple(pieces), "".join(map(_html_of, pieces)))

    def lines(self, count: int, words: int) -> tuple[Runs, ...]:
        return tuple((Words(self.words(words)),) for _ in range(count))

    def runs(self, count: int) -> Runs:
        """So many words, five of them bold and three of them a link."""
        before = count // 3
        address = f"https://example.org/{self._chance.randrange(10**6)}"
        return (
            Words(f"{self.words(before)} "),
            Words(self.words(5), bold=True),
            Words(f" {self.words(count - before - 8)} "),
            Words(self.words(3), address=address),
            Words("."),
        )


def _html_of(piece: Piece) -> str:
    match piece.kind:
        case "paragraph":
            return f"<p>{_inline(piece.lines[0])}</p>"
        case "numbers" | "bullets":
            tag = "ol" if piece.kind == "numbers" else "ul"
            below = "".join(f"<li><p>{_inline(line)}</p></li>" for line in piece.below)
            inner = [f"<ul>{below}</ul>" if below else "", *[""] * (len(piece.lines) - 1)]
            items = (f"<li><p>{_inline(line)}</p>{more}</li>" for line, more in zip(piece.lines, inner, strict=True))
            return f"<{tag}>{''.join(items)}</{tag}>"
        case "table":
            head, *body = piece.rows
            cells = "".join(f'<th scope="col"><p>{escape(cell, quote=False)}</p></th>' for cell in head)
            rows = "".join(
                f"<tr>{''.join(f'<td><p>{escape(c, quote=False)}</p></td>' for c in row)}</tr>" for row in body
            )
            return f"<table><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>"


def _inline(runs: Runs) -> str:
    out = []
    for run in runs:
        words = escape(run.text, quote=False)
        if run.bold:
            words = f"<strong>{words}</strong>"
        out.append(f'<a href="{run.address}">{words}</a>' if run.address else words)
    return "".join(out)


# The template


def template(kind: Kind = "plain") -> bytes:
    """The Word file that prints the facts of this kind, as an author would have saved it."""
    made = _Template(docx.Document())
    made.front_sheet()
    for name in SECTIONS:
        made.section(name, kind)
    made.workstreams(kind)
    for number in range(TABLES):
        made.data_table(number)
    made.header_and_footer()
    made.clear_up()
    out = io.BytesIO()
    made.document.save(out)
    return out.getvalue()


def _language() -> Any:
    """What Word says of nearly every run."""
    made = OxmlElement("w:lang")
    made.set(qn("w:val"), "en-GB")
    return made


class _Template:
    """A template while it is written; counts its tags, so that the right ones are split."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.tags = self._numbers()

    @staticmethod
    def _numbers() -> Iterator[int]:
        number = 0
        while True:
            yield number
            number += 1

    def write(self, paragraph: Paragraph, before: str, tag: str = "", after: str = "") -> None:
        """Text with a tag in it, which Word may have split, with a mark of its spelling between the runs."""
        pieces = [before + tag + after]
        if tag and next(self.tags) % 5 in SPLIT:
            pieces = [before + tag[:1], tag[1:5], tag[5:] + after]
        for number, piece in enumerate(pieces):
            if number:
                mark = OxmlElement("w:proofErr")
                mark.set(qn("w:type"), "spellStart" if number == 1 else "spellEnd")
                paragraph._p.append(mark)
            run = paragraph.add_run(piece)
            run.font.name = "Arial"
            run._r.get_or_add_rPr().append(_language())
            if len(pieces) > 1:
                run._r.set(qn("w:rsidR"), f"00A{number}37F{number}")

    def line(self, tag: str, style: str = "Normal", before: str = "") -> None:
        self.write(self.document.add_paragraph(style=style), before, tag)

    def front_sheet(self) -> None:
        self.line("{{ front[0].value }}", "Title")
        table = self.document.add_table(len(FRONT_SHEET), 2, style="Table Grid")
        for number in range(len(FRONT_SHEET)):
            for column, name in enumerate(("label", "value")):
                cell = table.cell(number, column).paragraphs[0]
                self.write(cell, "", f"{{{{ front[{number}].{name} }}}}")

    def section(self, name: str, kind: Kind) -> None:
        self.document.add_heading(name.capitalize(), 1)
        if kind == "rich":
            self.line(f"{{{{p {name} }}}}")
            return
        self.line(f"{{%p for paragraph in {name} %}}")
        self.line("{{ paragraph }}")
        self.line("{%p endfor %}")

    def workstreams(self, kind: Kind) -> None:
        self.line("{%p for w in workstreams %}")
        self.line("{{ w.name }}", "Heading 2")
        table = self.document.add_table(2, len(DIMENSIONS), style="Table Grid")
        for column, name in enumerate(DIMENSIONS):
            table.cell(0, column).text = name.capitalize()
            rating = table.cell(1, column).paragraphs[0]
            self.write(rating, "", f"{{% cellbg w.ratings.{name}.colour %}}")
            self.write(rating, "", f"{{{{ w.ratings.{name}.word }}}}")
        if kind == "rich":
            self.line("{{p w.text }}")
        else:
            self.line("{%p for paragraph in w.paragraphs %}")
            self.line("{{ paragraph }}")
            self.line("{%p endfor %}")
            self.line("{%p for bullet in w.bullets %}")
            self.line("{{ bullet }}", "List Bullet")
            self.line("{%p endfor %}")
        self.line("{%p endfor %}")

    def data_table(self, number: int) -> None:
        self.document.add_paragraph(f"Table {number + 1}", style="Caption")
        table = self.document.add_table(4, len(COLUMNS), style="Table Grid")
        for column, name in enumerate(COLUMNS):
            table.cell(0, column).text = name.capitalize()
            self.write(table.cell(2, column).paragraphs[0], "", f"{{{{ row.{name} }}}}")
        self.write(table.cell(1, 0).paragraphs[0], "", f"{{%tr for row in tables[{number}].rows %}}")
        self.write(table.cell(3, 0).paragraphs[0], "", "{%tr endfor %}")

    def header_and_footer(self) -> None:
        section = self.document.sections[0]
        self.write(section.header.paragraphs[0], "", "{{ marking }}")
        self.write(section.footer.paragraphs[0], "", "{{ marking }}", " – paper of the board")

    def clear_up(self) -> None:
        """python-docx brings a thumbnail and doubled styles, which no author's template has and our engine drops."""
        for holder in (self.document.part.package, self.document.part):
            for name, relation in list(holder.rels.items()):
                if relation.reltype.endswith(("/thumbnail", "/stylesWithEffects")):
                    del holder.rels[name]
