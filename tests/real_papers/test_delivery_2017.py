"""A published delivery board's paper becomes facts, is sent to the API, generated, downloaded and read again."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app import word
from app.word import narrated
from tests.clock import set_clock
from tests.real_papers.comparison import reported, words_of
from tests.real_papers.delivery_facts import REFERENCE, DeliveryPaper, facts_of, read_delivery_paper
from tests.real_papers.drafts import manifest_of, template_of, text_of_paper
from tests.real_papers.numbered_comparison import Lines, document_lines, words_in
from tests.real_papers.numbered_text import paper_lines

FILE = "001_fbaf8b54c76c1927.txt"
FORMAT = "delivery-board"


@pytest.fixture(scope="module")
def text() -> str:
    return text_of_paper(FILE)


@pytest.fixture(scope="module")
def paper(text: str) -> DeliveryPaper:
    return read_delivery_paper(text)


@pytest.fixture(scope="module")
def facts(paper: DeliveryPaper) -> dict[str, Any]:
    manifest = manifest_of(FORMAT)
    return facts_of(paper, manifest=manifest, template=template_of(FORMAT))


@pytest.fixture
def draft(app: FastAPI, client: TestClient, facts: dict[str, Any], paper: DeliveryPaper) -> bytes:
    """The draft as a client of the API downloads it, made on the day of the meeting."""
    set_clock(app, lambda: datetime.combine(paper.held_on, time(12), tzinfo=UTC))
    loaded = client.post("/api/v1/facts", json=facts)
    assert loaded.status_code == 200, loaded.text
    made = client.post(f"/api/v1/papers/{REFERENCE}/versions", headers={"Idempotency-Key": "the-draft-for-the-board"})
    assert made.status_code == 201, made.text
    assert made.json()["open_points"] == 0
    return client.get(made.json()["document"]).content


@pytest.fixture(scope="module")
def published(text: str) -> Lines:
    return paper_lines(text, "")


def test_every_titled_paragraph_is_a_workstream_and_every_band_a_theme(
    paper: DeliveryPaper, facts: dict[str, Any], text: str
) -> None:
    assert len(facts["themes"]) == text.count("\n#") - 2
    assert len(facts["workstreams"]) == len({row["ref"] for row in facts["workstreams"]}) == 11
    assert len([band for band in paper.bands if band.introduction]) == 1


def test_every_line_is_in_the_document_once_in_order_with_the_papers_number(
    published: Lines, document: bytes, record_property: Callable[[str, str], None]
) -> None:
    printed = document_lines(document)
    report = reported("001, delivery board", {"the paper": (words_in(published), words_in(printed))})
    record_property(*report.printed())
    assert report.share == 1, report.missing
    assert printed == published


def test_paragraphs_are_counted_through_the_bands(document: bytes) -> None:
    numbers = [line.number for line in word.outline(document) if line.style == "Numbered Paragraph" and line.number]
    assert numbers == [f"{number}." for number in range(1, 15)]


def test_names_run_in_and_are_no_part_of_the_text_that_is_read_back(paper: DeliveryPaper, document: bytes) -> None:
    lines = [words_of(line.text) for line in word.outline(document)]
    for band in paper.bands:
        for work in band.works:
            opening = [] if work.name == band.name else words_of(f"{work.name}.")
            assert any(line[: len(opening)] == opening for line in lines)
            assert f"<strong>{work.name}.</strong>" not in narrated(document).html


def test_bands_are_headings_in_capitals_by_style(paper: DeliveryPaper, document: bytes) -> None:
    headings = [line.text for line in word.outline(document) if line.style == "Heading 1 Unnumbered"]
    assert headings == [*(band.name for band in paper.bands), "Summary"]
