"""A published scrutiny paper with matrices: each pillar a workstream, each matrix on a page turned sideways.

An empty cell of a matrix says in our words that it is empty, so does the corner above the labels say what they are,
and the appendix that it is a document of its own: these words are counted, then left out of the comparison.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.word import outline
from tests.real_papers.comparison import Words, differences, reported, words_of
from tests.real_papers.drafts import last_draft, manifest_of, template_of, text_of_paper
from tests.real_papers.matrices import (
    ATTACHED,
    CORNER,
    EMPTY,
    OBJECTIVES,
    REFERENCE,
    Matrix,
    edition,
    facts_of,
    pillars,
    read_scrutiny,
)
from tests.real_papers.paper_facts import SECTIONS, day
from tests.real_papers.paper_text import PaperText
from tests.real_papers.printed import Printed, read_printed
from tests.real_papers.published import published_columns, published_lines, published_words


@pytest.fixture(scope="module")
def text() -> str:
    return text_of_paper("002_e0d5a2d70a590cb4.txt")


@pytest.fixture(scope="module")
def read(text: str) -> tuple[PaperText, list[Matrix]]:
    return read_scrutiny(text)


@pytest.fixture(scope="module")
def paper(read: tuple[PaperText, list[Matrix]]) -> PaperText:
    return read[0]


@pytest.fixture(scope="module")
def matrices(read: tuple[PaperText, list[Matrix]]) -> list[Matrix]:
    return read[1]


@pytest.fixture(scope="module")
def prose(text: str) -> dict[str, Words]:
    """The words under each heading, without those of the matrices."""
    return published_words("\n".join(line for line in published_lines(text) if line.count("\t") < OBJECTIVES - 1))


@pytest.fixture(scope="module")
def facts(paper: PaperText, matrices: list[Matrix]) -> dict[str, Any]:
    manifest = edition(manifest_of("scrutiny"), paper)
    return facts_of(paper, matrices, manifest=manifest, template=template_of("scrutiny"))


@pytest.fixture
def draft(app: FastAPI, client: TestClient, facts: dict[str, Any], paper: PaperText) -> bytes:
    written = day(paper.front_sheet["date paper was written"])
    return last_draft(app, client, facts, REFERENCE, written=written, number=8)


@pytest.fixture
def printed(document: bytes) -> Printed:
    return read_printed(document)


# What the document says


def printed_prose(document: bytes) -> dict[str, list[str]]:
    """Number → the words under that heading that stand in no table; people without the comma before their posts."""
    found: dict[str, list[str]] = {}
    number = ""
    told = [p.text for p in docx.Document(BytesIO(document)).paragraphs if p.style.name != "Caption"]
    lines = iter(line for line in outline(document))
    for text in told:
        line = next(line for line in lines if line.text == text)
        if line.number[:1].isdigit() and line.style.startswith("Heading"):
            number = line.number
            found[number] = []
        elif number and text != ATTACHED:
            found[number] += words_of(text.replace(",", "") if number == "7.0" else text)
    return found


def printed_tables(document: bytes) -> list[tuple[str, Table]]:
    """The tables behind the front sheet, with their captions."""
    opened = docx.Document(BytesIO(document))
    captions = [p.text for p in opened.paragraphs if p.style.name == "Caption"]
    return list(zip(captions, opened.tables[1:], strict=True))


def columns_of(caption: str, table: Table) -> Iterator[list[str]]:
    """The words of the labels with the caption, then of each objective, without those that are ours."""
    for place, column in enumerate(table.columns):
        ours = {CORNER, EMPTY}
        texts = [said(cell) for cell in column.cells if cell.text not in ours]
        yield words_of(" ".join([*([] if place else [caption]), *texts]))


def said(cell: _Cell) -> str:
    return " ".join(paragraph.text for paragraph in cell.paragraphs)


def is_bullet(paragraph: Paragraph) -> bool:
    return paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None


def test_every_pillar_is_a_row_with_its_matrix(facts: dict[str, Any], matrices: list[Matrix]) -> None:
    rows = facts["workstreams"]
    assert len(rows) == len(matrices) == 5
    assert all(row["updates"][0]["parts"]["progress"]["value"].count("<figure") == 1 for row in rows)
    entries = [len(column) for matrix in matrices for columns in matrix.rows.values() for column in columns]
    assert sum(entries) > 200
    assert max(entries) > 10


def test_every_word_of_the_paper_is_in_the_document_once_in_order_under_its_heading(
    text: str, prose: dict[str, Words], document: bytes, printed: Printed, paper: PaperText, record_property
) -> None:
    assert list(printed.sections) == list(prose) == list(SECTIONS)
    told = printed_prose(document)
    pairs = {
        number: (words_of(" ".join(section.words).replace(",", "")) if number == "7.0" else section.words, told[number])
        for number, section in prose.items()
    }
    for number, section in prose.items():
        pairs[f"heading {number}"] = words_of(section.heading), words_of(printed.sections[number].heading)
    columns = published_columns(text, OBJECTIVES)
    for place, (published, (caption, table)) in enumerate(zip(columns, printed_tables(document), strict=True), start=1):
        for column, both in enumerate(zip(published, columns_of(caption, table), strict=True)):
            pairs[f"matrix {place}, column {column}"] = both
    for label, value in paper.front_sheet.items():
        pairs[label] = words_of(value), words_of(printed.front_sheet[label])
    report = reported("Scrutiny paper, July 2023", pairs)
    record_property(*report.printed())
    assert [f"{place}: {what}" for place, pair in pairs.items() for what in differences(*pair)] == []


def test_only_cells_that_are_empty_in_the_paper_say_so(matrices: list[Matrix], document: bytes) -> None:
    for matrix, (_, table) in zip(matrices, printed_tables(document), strict=True):
        empty = [[not column for column in columns] for columns in matrix.rows.values()]
        assert [[cell.text == EMPTY for cell in row.cells[1:]] for row in table.rows[1:]] == empty
        assert table.cell(0, 0).text == CORNER
    assert [line.text for line in outline(document)].count(ATTACHED) == 1


def test_every_entry_of_a_cell_is_an_item_of_its_own_list(matrices: list[Matrix], document: bytes) -> None:
    lists = 0
    for matrix, (_, table) in zip(matrices, printed_tables(document), strict=True):
        for columns, row in zip(matrix.rows.values(), table.rows[1:], strict=True):
            for entries, cell in zip(columns, row.cells[1:], strict=True):
                bullets = [paragraph for paragraph in cell.paragraphs if is_bullet(paragraph)]
                assert len(bullets) == (len(entries) if len(entries) > 1 else 0)
                lists += bool(bullets)
    assert lists == 25


def test_matrices_lie_on_landscape_pages_with_the_marking_on_each(document: bytes) -> None:
    opened = docx.Document(BytesIO(document))
    turned = [section.orientation == WD_ORIENT.LANDSCAPE for section in opened.sections]
    assert turned == [False] + [True] * 5 + [False]  # the words between two matrices stand above the second
    assert {p.text for section in opened.sections for p in section.header.paragraphs} == {"OFFICIAL – DRAFT"}
    for _, table in printed_tables(document):
        assert len(table.columns) == OBJECTIVES + 1
        assert table.rows[0]._tr.xpath("./w:trPr/w:tblHeader")


def test_headings_are_the_papers_own_and_numbered_by_word(prose: dict[str, Words], printed: Printed) -> None:
    assert {number: section.heading for number, section in printed.sections.items()} == {
        number: section.heading for number, section in prose.items()
    }
    assert [number for number, style in printed.styles.items() if style == "Heading 1"] == [
        f"{number}.0" for number in range(1, 10)
    ]


def test_pillars_stand_as_headings_and_the_appendix_without_a_number(
    paper: PaperText, printed: Printed, document: bytes
) -> None:
    assert printed.headings["5.0"] == [("Theme Heading", name) for name in pillars(paper)]
    [appendix] = [line for line in outline(document) if line.style == "Heading 1 Unnumbered"]
    assert appendix.text.startswith("Appendix – ")


def test_the_front_sheet_stands_in_the_papers_order(paper: PaperText, printed: Printed) -> None:
    assert list(printed.front_sheet.items()) == list(paper.front_sheet.items())
