"""A published deep dive: its strands are walked twice, and every word of it is in the document."""

from io import BytesIO
from itertools import pairwise
from typing import Any

import docx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.word import outline
from tests.real_papers.comparison import Words, differences, reported, words_of
from tests.real_papers.deep_dive import REFERENCE, edition, facts_of, is_heading, read_deep_dive, strands
from tests.real_papers.drafts import last_draft, manifest_of, template_of, text_of_paper
from tests.real_papers.paper_facts import day
from tests.real_papers.paper_text import PaperText, Piece, unmarked
from tests.real_papers.printed import Printed, read_printed
from tests.real_papers.published import published_words

REWORDED = {"5.7"}
"""The paper words this strand of the plan in two ways; a workstream has one name, that of its first heading."""


@pytest.fixture(scope="module")
def text() -> str:
    return text_of_paper("003_926c08da1251a169.txt")


@pytest.fixture(scope="module")
def paper(text: str) -> PaperText:
    return read_deep_dive(text)


@pytest.fixture(scope="module")
def published(text: str) -> dict[str, Words]:
    return published_words(text)


@pytest.fixture(scope="module")
def facts(paper: PaperText) -> dict[str, Any]:
    return facts_of(paper, manifest=edition(manifest_of("deep-dive"), paper), template=template_of("deep-dive"))


@pytest.fixture
def draft(app: FastAPI, client: TestClient, facts: dict[str, Any], paper: PaperText) -> bytes:
    written = day(paper.front_sheet["date paper was written"])
    return last_draft(app, client, facts, REFERENCE, written=written, number=7)


@pytest.fixture
def printed(document: bytes) -> Printed:
    return read_printed(document)


def test_every_strand_is_a_row_that_says_two_things(paper: PaperText, facts: dict[str, Any]) -> None:
    rows = facts["workstreams"]
    assert len(rows) == len({row["name"] for row in rows}) == 10
    assert all(set(row["updates"][0]["parts"]) == {"progress", "next-steps"} for row in rows)
    assert [row["updates"][0]["parts"].keys() for row in rows] == [parts.keys() for parts in strands(paper).values()]


def test_every_word_of_the_paper_is_in_the_document_once_in_order_under_its_heading(
    published: dict[str, Words], printed: Printed, paper: PaperText, record_property
) -> None:
    assert list(printed.sections) == list(published)
    pairs = {number: (section.words, printed.sections[number].words) for number, section in published.items()}
    headings = {
        f"heading {number}": (words_of(section.heading), words_of(printed.sections[number].heading))
        for number, section in published.items()
    }
    front = {
        label: (words_of(unmarked(value)), words_of(printed.front_sheet[label])) for label, value in front_values(paper)
    }
    report = reported("Deep dive, December 2020", pairs | headings | front)
    record_property(*report.printed())
    assert report.share >= 0.999
    assert [f"{number} {what}" for number, pair in pairs.items() for what in differences(*pair)] == []


def front_values(paper: PaperText) -> list[tuple[str, str]]:
    return [
        (label, value.upper() if label == "classification" else value) for label, value in paper.front_sheet.items()
    ]


def test_headings_are_the_papers_own_and_numbered_by_word(published: dict[str, Words], printed: Printed) -> None:
    assert [number for number, style in printed.styles.items() if style == "Heading 1"] == [
        f"{number}.0" for number in range(1, 9)
    ]
    assert [number for number, style in printed.styles.items() if style == "Heading 2"] == [
        f"{main}.{place}" for main in (3, 5) for place in range(1, 11)
    ]
    different = {
        number
        for number, section in published.items()
        if words_of(section.heading) != words_of(printed.sections[number].heading)
    }
    assert different == REWORDED


def test_the_same_strands_stand_under_both_headings(printed: Printed) -> None:
    first, second = (
        [section.heading for number, section in printed.sections.items() if number[:2] == main and number[2:] != "0"]
        for main in ("3.", "5.")
    )
    assert len(first) == 10
    assert first == second


def test_headings_inside_a_strand_are_headings_and_one_above_a_table_its_caption(
    paper: PaperText, printed: Printed, document: bytes
) -> None:
    captions = []
    for number, section in paper.sections.items():
        for piece, after in pairwise([*section.pieces, Piece()]):
            if is_heading(piece) and number != "8.0":
                if after.cells:
                    captions.append(piece.plain)
                else:
                    assert ("Heading 3", piece.plain) in printed.headings[number]
    below = [text for headings in printed.headings.values() for style, text in headings if style == "Heading 3"]
    assert len(below) == 18
    assert [line.text for line in outline(document) if line.style == "Caption"] == captions
    assert len(captions) == 1


def test_the_front_sheet_stands_in_the_papers_order(paper: PaperText, printed: Printed) -> None:
    expected = {label: unmarked(value) for label, value in front_values(paper)}
    assert list(printed.front_sheet.items()) == list(expected.items())


def test_lists_are_word_lists(paper: PaperText, printed: Printed) -> None:
    found = 0
    for number, section in paper.sections.items():
        bullets = [piece.plain for piece in section.pieces if piece.marker == "-"]
        assert [text for _, text in printed.items[number]] == bullets
        found += len(bullets)
    assert found > 100


def test_tables_have_the_papers_rows_and_their_headings_are_repeated(paper: PaperText, document: bytes) -> None:
    rows = [list(piece.cells) for section in paper.sections.values() for piece in section.pieces if piece.cells]
    _, *tables = docx.Document(BytesIO(document)).tables
    printed = [[cell.text for cell in dict.fromkeys(row.cells)] for table in tables for row in table.rows]
    assert printed == rows
    heads = [sum(bool(row._tr.xpath("./w:trPr/w:tblHeader")) for row in table.rows) for table in tables]
    assert heads == [1, 2, 2]
