"""A published quarterly update is taken apart into facts, sent to the API, generated, downloaded and read again."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.clock import set_clock
from tests.real_papers.comparison import Words, paper_words, reported, words_of
from tests.real_papers.edition import edition_of_2020
from tests.real_papers.paper_facts import PARTS, REFERENCE, SECTIONS, day, facts_of, tree_of
from tests.real_papers.paper_text import PaperText, read_paper
from tests.real_papers.printed import Printed, read_printed

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = ROOT.parent / "shared" / "papers" / "000_faf9756cdf52e736.txt"
TEMPLATE = ROOT / "templates" / "scrutiny"
NOON = time(12)


@pytest.fixture(scope="module")
def text() -> str:
    if not FILE.is_file():
        pytest.skip("the published papers do not lie beside this copy of the project")
    return FILE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def paper(text: str) -> PaperText:
    return read_paper(text)


@pytest.fixture(scope="module")
def published(text: str) -> dict[str, Words]:
    return paper_words(text)


@pytest.fixture(scope="module")
def facts(paper: PaperText) -> dict[str, Any]:
    manifest = (TEMPLATE / "format.toml").read_text(encoding="utf-8")
    return facts_of(paper, manifest=edition_of_2020(manifest), template=(TEMPLATE / "template.docx").read_bytes())


@pytest.fixture
def draft(app: FastAPI, client: TestClient, facts: dict[str, Any], paper: PaperText) -> bytes:
    """The draft as a client of the API downloads it, made on the day on which the paper was written."""
    written = datetime.combine(day(paper.front_sheet["date paper was written"]), NOON, tzinfo=UTC)
    set_clock(app, lambda: written)
    loaded = client.post("/api/v1/facts", json=facts)
    assert loaded.status_code == 200, loaded.text
    address = f"/api/v1/papers/{REFERENCE}/versions"
    made = client.post(address, headers={"Idempotency-Key": "the-draft-of-this-quarter"})
    assert made.status_code == 201, made.text
    assert client.post(address).status_code == 200, "nothing has changed since"
    downloaded = client.get(made.json()["document"])
    assert downloaded.status_code == 200
    return downloaded.content


@pytest.fixture
def printed(document: bytes) -> Printed:
    return read_printed(document)


def values(ratings: list[tuple[str, list[tuple[str, str]]]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The workstreams that have ratings in words, with them."""
    return [(workstream, found) for workstream, found in ratings if found]


def test_every_workstream_is_a_row_and_every_rating_a_rating(text: str, facts: dict[str, Any]) -> None:
    rows = facts["workstreams"]
    ratings = [rating for row in rows for update in row["updates"] for rating in update["ratings"].values()]
    rated = [rating for rating in ratings if rating["value"] != "not-rated"]
    heading_words = text.partition("\n5.0 ")[2].partition("\n6.0 ")[0].replace("<u>", "").replace("</u>", "")
    notes = [line for line in heading_words.splitlines() if line.startswith("Note")]
    assert len(rows) == len({row["ref"] for row in rows}) == 22
    assert len(rated) == heading_words.count("Overall RAG") + heading_words.count(", Time") == 20
    assert len([rating for rating in ratings if "source" in rating]) == len(notes) == 12


def test_every_word_of_the_paper_is_in_the_document_once_in_order_under_its_heading(
    published: dict[str, Words], printed: Printed, paper: PaperText, record_property
) -> None:
    assert list(printed.sections) == list(published) == list(SECTIONS)
    pairs = {number: (section.words, printed.sections[number].words) for number, section in published.items()}
    headings = {
        f"heading {number}": (words_of(section.heading), words_of(printed.sections[number].heading))
        for number, section in published.items()
    }
    front = {label: (words_of(value), words_of(printed.front_sheet[label])) for label, value in front_values(paper)}
    report = reported("Quarterly update, March 2020", pairs | headings | front)
    record_property(*report.printed())
    assert report.missing == ()


def test_headings_are_the_papers_own_and_numbered_by_word(published: dict[str, Words], printed: Printed) -> None:
    headings = {number: section.heading for number, section in printed.sections.items()}
    assert headings == {number: section.heading for number, section in published.items()}
    assert [number for number, style in printed.styles.items() if style == "Heading 1"] == [
        f"{number}.0" for number in range(1, 10)
    ]
    assert [number for number, style in printed.styles.items() if style == "Heading 2"] == [
        f"6.{number}" for number in range(1, 6)
    ]


def test_themes_workstreams_and_parts_stand_as_headings(paper: PaperText, printed: Printed) -> None:
    tree = tree_of(paper.sections["5.0"].pieces)
    expected = []
    for band in tree.bands:
        rows = [row for row in tree.rows if row.theme == band.name]
        expected += [] if [row.name for row in rows] == [band.name] else [band.name]
        for row in rows:
            expected += [row.name, *(PARTS[part] for part in row.parts if PARTS[part])]
            expected += [piece.plain for piece in row.subheadings]
    assert [text for _, text in printed.headings["5.0"]] == expected


def test_every_front_sheet_value_is_in_the_document(paper: PaperText, printed: Printed) -> None:
    assert printed.front_sheet == dict(front_values(paper))


def front_values(paper: PaperText) -> Iterator[tuple[str, str]]:
    """The paper's front sheet as the format writes it: dates without a gap, the marking in capitals."""
    for label, value in paper.front_sheet.items():
        if label.startswith("date"):
            yield label, in_ordinal_words(day(value))
        else:
            yield label, value.upper() if label.startswith("classification") else value


def test_every_rating_is_printed_at_its_workstream(published: dict[str, Words], printed: Printed) -> None:
    assert values(printed.sections["5.0"].ratings) == values(published["5.0"].ratings)
    unrated = {workstream for workstream, found in printed.sections["5.0"].ratings if not found}
    assert {workstream for workstream, found in published["5.0"].ratings if not found} <= unrated


def test_lists_are_word_lists_with_the_papers_numbers(paper: PaperText, printed: Printed) -> None:
    for number, section in paper.sections.items():
        numbered = [(f"{piece.number}.", piece.plain) for piece in section.pieces if piece.number]
        if number != "6.1":  # the framework's items carry the numbers of the plan itself
            assert [item for item in printed.items[number] if item[0][0].isalpha()] == numbered
        bullets = [piece.plain for piece in section.pieces if piece.marker == "-"]
        if number not in {"6.1", "7.0"}:
            assert [text for number, text in printed.items[number] if not number[0].isalpha()] == bullets


def test_the_marking_stands_in_header_and_footer(paper: PaperText, document: bytes) -> None:
    marking = paper.front_sheet["classification of paper"].upper()
    for section in docx.Document(BytesIO(document)).sections:
        for part in (section.header, section.footer):
            words = [p.text for p in part.paragraphs] + [c.text for t in part.tables for r in t.rows for c in r.cells]
            assert marking in " ".join(words)


def in_ordinal_words(value: date) -> str:
    ending = "th" if 10 <= value.day <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value.day % 10, "th")
    return f"{value.day}{ending} {value:%B %Y}"
